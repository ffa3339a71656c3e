import { css } from "lit";

/** The page's frame. */
export const styles = css`
  :host {
    display: flex;
    --frame: calc(var(--margin) + 1.5rem + var(--measure));
  }
  .page {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-width: 0;
    min-height: 100dvh;
  }
  aside {
    position: sticky;
    top: 0;
    flex: 0 0 18rem;
    height: 100dvh;
    padding: 1.6rem 1rem 1.2rem;
    border-inline-end: 1px solid var(--faint);
    background: var(--sunken);
    overflow-y: auto;
  }
  .drawer {
    width: min(21rem, 88vw);
    max-width: none;
    height: 100dvh;
    max-height: none;
    margin: 0 auto 0 0;
    padding: 1.2rem 1rem;
    border-width: 0 1px 0 0;
    border-radius: 0;
  }
  .drawer[open] {
    display: flex;
    flex-direction: column;
    gap: 1rem;
  }
  .drawer form {
    font-size: 0.85rem;
  }
  .drawer reckon-history {
    flex: 1;
    min-height: 0;
  }
  @media (prefers-reduced-motion: no-preference) {
    .drawer[open] {
      animation: come 0.18s ease-out;
    }
    @keyframes come {
      from {
        transform: translateX(-2rem);
        opacity: 0;
      }
    }
  }
  header,
  main,
  footer {
    width: 100%;
    max-width: calc(var(--frame) + 3rem);
    margin-inline: auto;
    padding-inline: max(1.5rem, env(safe-area-inset-left)) max(1.5rem, env(safe-area-inset-right));
  }
  header {
    display: grid;
    grid-template-columns: var(--margin) minmax(0, 1fr) auto;
    column-gap: 1.5rem;
    align-items: baseline;
    padding-block: 1.6rem 1.2rem;
  }
  nav {
    display: flex;
    gap: 1rem;
    font-size: 0.85rem;
  }
  nav button {
    padding: 0.2rem 0;
    border: 0;
    background: none;
    color: var(--soft);
    font: inherit;
    cursor: pointer;
  }
  nav button:hover {
    color: var(--ink);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  nav button:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 3px;
    border-radius: 2px;
  }
  h1 {
    margin: 0;
    font: 600 1.5rem/1.2 var(--serif);
    letter-spacing: -0.01em;
    color: var(--accent);
    text-align: right;
  }
  .device {
    margin: 0;
    min-height: 1.5em;
    color: var(--soft);
    font-size: 0.85rem;
    overflow-wrap: anywhere;
  }
  .device b {
    color: var(--ink);
    font-weight: 600;
  }
  .device strong {
    color: var(--warm);
    font-weight: 600;
  }
  main {
    flex: 1;
    padding-block: 0.5rem 2rem;
  }
  main[data-over] {
    outline: 3px dashed var(--accent);
    outline-offset: -3px;
    border-radius: 14px;
  }
  main > reckon-doorway,
  main > reckon-gate,
  main > reckon-plan,
  main > reckon-loading,
  main > reckon-invitation,
  main > .waiting,
  main > .fault {
    margin-inline-start: calc(var(--margin) + 1.5rem);
  }
  reckon-turn:first-of-type {
    border-top: 0;
  }
  .waiting {
    max-width: 34rem;
    margin-block: 1.5rem 0;
    color: var(--soft);
    overflow-wrap: anywhere;
  }
  .waiting b {
    color: var(--ink);
    font-weight: 600;
  }
  .fault button {
    padding: 0.45rem 1rem;
    border: 1px solid var(--faint);
    border-radius: 6px;
    background: var(--raised);
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .fault button:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  footer {
    position: sticky;
    bottom: 0;
    padding-block: 0.6rem max(0.7rem, env(safe-area-inset-bottom));
    background: linear-gradient(transparent, var(--paper) 1.2rem);
  }
  footer > * {
    margin-inline-start: calc(var(--margin) + 1.5rem);
  }
  reckon-composer {
    display: block;
  }
  .small {
    margin-block: 0.45rem 0;
    color: var(--soft);
    font-size: 0.76rem;
  }
  @media (max-width: 46rem) {
    header {
      grid-template-columns: minmax(0, 1fr) auto;
      padding-block: 1rem 0.6rem;
    }
    h1 {
      text-align: start;
    }
    nav {
      grid-row: 1;
      grid-column: 2;
    }
    .device {
      grid-column: 1 / -1;
    }
    header,
    main,
    footer {
      padding-inline: max(1rem, env(safe-area-inset-left)) max(1rem, env(safe-area-inset-right));
    }
    footer > *,
    main > reckon-doorway,
    main > reckon-gate,
    main > reckon-plan,
    main > reckon-loading,
    main > reckon-invitation,
    main > .waiting,
    main > .fault {
      margin-inline-start: 0;
    }
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
    cursor: pointer;
  }
  .link:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;
