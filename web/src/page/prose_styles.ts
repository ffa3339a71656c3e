import { css } from "lit";

import { codeStyles } from "./code_styles";

/** Markdown as it stands in an answer. */
export const proseStyles = [codeStyles, css`
  .prose > :first-child {
    margin-top: 0;
  }
  .prose > :last-child {
    margin-bottom: 0;
  }
  p,
  ul,
  ol,
  .wide,
  blockquote {
    margin: 0 0 0.7em;
  }
  .prose > :is(ul + ul, ol + ol) {
    margin-top: -0.7em;
  }
  ul,
  ol {
    padding-inline-start: 1.4em;
  }
  h1,
  h2,
  h3,
  h4,
  h5,
  h6 {
    margin: 1em 0 0.4em;
    font-size: 1.08em;
    line-height: 1.35;
  }
  blockquote {
    padding-inline-start: 0.9em;
    border-inline-start: 2px solid var(--faint);
  }
  .wide {
    overflow-x: auto;
  }
  .wide:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  table {
    border-collapse: collapse;
    font-size: 0.94em;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 0.3em 0.8em;
    border-bottom: 1px solid var(--faint);
    text-align: start;
    overflow-wrap: normal;
  }
  th {
    border-bottom-color: var(--soft);
    font-weight: 600;
  }
  a {
    color: var(--accent);
  }
  .where {
    color: var(--soft);
    font-size: 0.85em;
    unicode-bidi: isolate;
  }
  .control {
    padding: 0 0.2em;
    border: 1px solid var(--warm);
    border-radius: 3px;
    color: var(--warm);
    font: 0.72em var(--mono);
    unicode-bidi: isolate;
  }
  .as-written,
  .plain {
    white-space: pre-wrap;
  }
  .more {
    display: block;
    margin-top: 0.7em;
    padding: 0.3em 0.8em;
    border: 1px solid var(--faint);
    border-radius: 6px;
    background: var(--raised);
    color: var(--ink);
    font: 0.85rem/1.5 var(--sans);
    cursor: pointer;
  }
  hr {
    border: 0;
    border-top: 1px solid var(--faint);
  }
  .katex {
    direction: ltr;
    unicode-bidi: isolate;
  }
  .katex-display {
    margin: 0.6em 0;
    overflow: auto hidden;
  }
  .prose .katex .fbox {
    padding: 0.1em 0.15em;
    border-color: var(--accent);
  }
  .result {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    max-width: 100%;
  }
  .result:not(.within) {
    padding: 0.1em 0.3em 0.1em 0.55em;
    border: 1.5px solid var(--accent);
    border-radius: 7px;
    background: var(--raised);
  }
  .prose .result:not(.within) .fbox {
    border-color: transparent;
    padding: 0.1em 0;
  }
  .result .katex-display {
    margin: 0;
  }
  .lone .result:not(.within) {
    padding: 0.35em 0.5em 0.35em 0.9em;
    font-size: 1.12em;
  }
  [data-running].plain::after,
  [data-running].prose:empty::after,
  [data-running].prose > :last-child:not(figure)::after,
  [data-running].prose > figure:last-child code::after {
    content: "";
    display: inline-block;
    width: 0.5em;
    height: 1em;
    margin-inline-start: 0.12em;
    vertical-align: -0.12em;
    background: var(--accent);
    opacity: 0.75;
  }
  @media (prefers-reduced-motion: no-preference) {
    [data-running].plain::after,
    [data-running].prose > :last-child:not(figure)::after,
    [data-running].prose > figure:last-child code::after {
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
`];
