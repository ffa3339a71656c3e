import { css } from "lit";

/** Markdown as it stands in an answer. */
export const proseStyles = css`
  .prose > :first-child {
    margin-top: 0;
  }
  .prose > :last-child {
    margin-bottom: 0;
  }
  p,
  ul,
  ol,
  pre,
  table,
  blockquote {
    margin: 0 0 0.7em;
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
  code {
    font: 0.86em var(--mono);
    padding: 0.1em 0.3em;
    border-radius: 4px;
    background: var(--sunken);
  }
  pre {
    padding: 0.7em 0.9em;
    border-radius: 8px;
    background: var(--sunken);
    overflow-x: auto;
    line-height: 1.45;
  }
  pre code {
    padding: 0;
    background: none;
    white-space: pre;
  }
  table {
    display: block;
    max-width: 100%;
    overflow-x: auto;
    border-collapse: collapse;
    font-size: 0.94em;
  }
  th,
  td {
    padding: 0.25em 0.7em;
    border: 1px solid var(--faint);
  }
  a {
    color: var(--accent);
  }
  hr {
    border: 0;
    border-top: 1px solid var(--faint);
  }
  .katex-display {
    margin: 0.6em 0;
    overflow: auto hidden;
  }
  .prose .katex .fbox {
    padding: 0.1em 0.15em;
    border-color: var(--accent);
  }
  [data-running].plain::after,
  [data-running].prose:empty::after,
  [data-running].prose > :last-child::after {
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
    [data-running].prose > :last-child::after {
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
`;
