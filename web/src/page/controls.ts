import { css } from "lit";

/** Buttons and fields, the same wherever they stand. */
export const controls = css`
  .button,
  button {
    padding: 0.45rem 1rem;
    border: 1px solid var(--faint);
    border-radius: 6px;
    background: var(--raised);
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .button:hover,
  button:hover {
    border-color: var(--soft);
  }
  button.main {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  input[type="text"],
  input[type="password"] {
    flex: 1 1 14rem;
    min-width: 0;
    padding: 0.45rem 0.7rem;
    border: 1px solid var(--faint);
    border-radius: 6px;
    background: var(--raised);
    color: inherit;
    font: 0.9rem var(--mono);
  }
  select {
    max-width: 100%;
    padding: 0.35rem 0.5rem;
    border: 1px solid var(--faint);
    border-radius: 6px;
    background: var(--raised);
    color: var(--ink);
    font: 0.88rem/1.5 var(--sans);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  .button:focus-within,
  button:focus-visible,
  select:focus-visible,
  textarea:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;
