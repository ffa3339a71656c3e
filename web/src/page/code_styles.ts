import { css } from "lit";

/** Code in an answer, its colours, and the buttons that copy. */
export const codeStyles = css`
  code {
    font: 0.86em var(--mono);
    padding: 0.1em 0.3em;
    border-radius: 4px;
    background: var(--sunken);
    direction: ltr;
    unicode-bidi: isolate;
  }
  .code {
    margin: 0 0 0.9em;
    border-radius: 8px;
    background: var(--sunken);
  }
  figcaption {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 0.3rem 0.4rem 0 0.9rem;
    color: var(--soft);
    font: 0.78rem/1.5 var(--sans);
  }
  pre {
    margin: 0;
    padding: 0.2em 0.9rem 0.8em;
    overflow-x: auto;
    line-height: 1.5;
    border-radius: 0 0 8px 8px;
  }
  pre:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  pre code {
    padding: 0;
    background: none;
    white-space: pre;
    overflow-wrap: normal;
    tab-size: 4;
  }
  .copy {
    display: inline-grid;
    place-items: center;
    flex: none;
    width: 1.75rem;
    height: 1.75rem;
    padding: 0;
    border: 0;
    border-radius: 5px;
    background: none;
    color: var(--soft);
    cursor: pointer;
  }
  .copy:hover {
    color: var(--accent);
  }
  .copy:focus-visible {
    outline: 2px solid var(--accent);
  }
  .copy svg {
    width: 1.05rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.6;
    stroke-linejoin: round;
  }
  .copy[data-state="copied"] {
    color: var(--on-accent);
    background: var(--accent);
  }
  .copy[data-state="refused"] {
    color: var(--fault);
  }
  .hljs-keyword,
  .hljs-literal,
  .hljs-type,
  .hljs-meta {
    color: var(--accent);
  }
  .hljs-string,
  .hljs-regexp {
    color: var(--warm);
  }
  .hljs-number {
    color: var(--code-number, var(--fault));
  }
  .hljs-title,
  .hljs-built_in,
  .hljs-attr {
    color: var(--code-title, var(--ink));
  }
  .hljs-subst {
    color: var(--ink);
  }
  .hljs-comment,
  .hljs-doctag {
    color: var(--soft);
    font-style: italic;
  }
`;
