import { css } from "lit";

/** Where there is no room for labels in the margin: of the window, or of what the turn stands in. */
const narrow = css`
  :host {
    display: block;
    padding-block: 1rem;
  }
  .label {
    text-align: start;
    padding: 0 0 0.1rem;
  }
  h3[aria-hidden] {
    display: none;
  }
  .actions {
    min-height: 2.2rem;
  }
  .quiet {
    padding: 0.45rem 0;
  }
`;

/** A turn: labels in the margin, question, thinking and answer beside them. */
export const turnStyles = css`
  :host {
    display: grid;
    grid-template-columns: var(--margin) minmax(0, var(--measure));
    column-gap: 1.5rem;
    padding-block: 1.4rem 1.1rem;
    border-top: 1px solid var(--faint);
    outline: 0;
  }
  :host > * {
    grid-column: 2;
  }
  :host(:focus-visible) {
    border-top-color: var(--accent);
  }
  .label {
    grid-column: 1;
    margin: 0;
    padding-top: 0.32rem;
    font: 500 0.72rem/1.5 var(--sans);
    letter-spacing: 0.08em;
    text-transform: uppercase;
    text-align: right;
    color: var(--soft);
  }
  .question,
  .thoughts p {
    white-space: pre-wrap;
  }
  .question,
  .answer,
  .thoughts {
    margin: 0 0 0.9rem;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
  }
  .question {
    font-weight: 600;
  }
  .edit {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin: 0 0 0.9rem;
  }
  .edit textarea {
    flex: 1 0 100%;
    min-width: 0;
    max-height: 40vh;
    padding: 0.5rem 0.7rem;
    border: 1px solid var(--accent);
    border-radius: 9px;
    outline: 0;
    background: var(--raised);
    color: inherit;
    font: 600 1rem/1.5 var(--sans);
    resize: vertical;
    field-sizing: content;
  }
  .edit textarea:focus {
    box-shadow: 0 0 0 1px var(--accent);
  }
  .edit button {
    padding: 0.35rem 0.9rem;
    border: 1px solid var(--faint);
    border-radius: 9px;
    background: none;
    color: inherit;
    font: 0.9rem/1.4 var(--sans);
    cursor: pointer;
  }
  .edit .main {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  .answer {
    font: 1.06rem/1.62 var(--serif);
    margin-bottom: 0.35rem;
    min-height: 1.7em;
  }
  .thinking {
    margin: 0 0 0.9rem;
    padding-inline-start: 0.9rem;
    border-inline-start: 2px solid var(--faint);
  }
  summary {
    cursor: pointer;
    color: var(--soft);
    font-size: 0.9rem;
    font-variant-numeric: tabular-nums;
    line-height: 1.75;
  }
  summary strong,
  .numbers strong {
    font-weight: 600;
    color: var(--warm);
  }
  summary:focus-visible,
  .thoughts:focus-visible,
  button:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 3px;
    border-radius: 2px;
  }
  .thoughts {
    display: flex;
    flex-direction: column-reverse;
    max-height: 22rem;
    margin: 0.35rem 0 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    color: var(--soft);
    font-size: 0.93rem;
    line-height: 1.55;
  }
  .thoughts p {
    margin: 0;
    unicode-bidi: plaintext;
  }
  .thoughts p:not(:last-child) {
    content-visibility: auto;
    contain-intrinsic-block-size: auto 24rem;
  }
  .earlier {
    margin: 0.35rem 0;
    color: var(--soft);
    font-size: 0.82rem;
  }
  .waiting,
  .glimpse {
    color: var(--soft);
    font: italic 0.95rem/1.7 var(--serif);
  }
  .glimpse {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .fault {
    display: block;
    color: var(--fault);
    font: 0.95rem/1.5 var(--sans);
  }
  .numbers,
  .actions {
    min-height: 1.55em;
    margin: 0;
    color: var(--soft);
    font-size: 0.78rem;
    font-variant-numeric: tabular-nums;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0 1rem;
    min-height: 1.7rem;
    margin-top: 0.25rem;
  }
  .quiet {
    padding: 0.2rem 0;
    border: 0;
    background: none;
    color: var(--soft);
    font: inherit;
    text-decoration: underline;
    text-decoration-color: var(--faint);
    text-underline-offset: 3px;
    cursor: pointer;
  }
  .quiet:hover:enabled {
    color: var(--ink);
    text-decoration-color: currentColor;
  }
  .quiet:disabled {
    opacity: 0.5;
    cursor: default;
  }
  .versions {
    display: inline-flex;
    align-items: center;
    gap: 0.3rem;
  }
  .versions .quiet {
    min-width: 1.6rem;
    font-size: 1.05rem;
    line-height: 1;
    text-decoration: none;
  }
  @media (prefers-reduced-motion: no-preference) {
    .thinking {
      interpolate-size: allow-keywords;
    }
    .thinking::details-content {
      block-size: 0;
      overflow: clip;
      transition: block-size 0.25s ease, content-visibility 0.25s allow-discrete;
    }
    .thinking[open]::details-content {
      block-size: auto;
    }
    .state[data-live],
    .waiting {
      animation: breathe 1.4s ease-in-out infinite alternate;
    }
    @keyframes breathe {
      from {
        opacity: 0.9;
      }
      to {
        opacity: 0.4;
      }
    }
  }
  @media (max-width: 46rem) {
    ${narrow}
  }
  @container (max-width: 46rem) {
    ${narrow}
  }
`;
