import { css } from "lit";

/** The page's frame. */
export const styles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 100dvh;
    --frame: calc(var(--margin) + 1.5rem + var(--measure));
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
    grid-template-columns: var(--margin) minmax(0, 1fr);
    column-gap: 1.5rem;
    align-items: baseline;
    padding-block: 1.6rem 1.2rem;
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
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (max-width: 46rem) {
    header {
      display: block;
      padding-block: 1rem 0.6rem;
    }
    h1 {
      text-align: start;
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
