import { css } from "lit";

/** Settings: what for, in which words, with which numbers. */
export const settingsStyles = css`
  :host {
    display: block;
  }
  fieldset {
    margin: 0 0 1.1rem;
    padding: 0;
    border: 0;
  }
  legend {
    margin-bottom: 0.5rem;
    padding: 0;
    font-weight: 600;
  }
  p {
    margin: 0.7rem 0 0;
    color: var(--soft);
    font-size: 0.9rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  .pill {
    position: relative;
    cursor: pointer;
  }
  .pill input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .pill span {
    display: block;
    padding: 0.35rem 0.85rem;
    border: 1px solid var(--faint);
    border-radius: 9px;
    background: var(--raised);
    font-size: 0.95rem;
  }
  .pill :checked + span {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  .pill :focus-visible + span {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .system,
  .numbers label {
    display: grid;
    gap: 0.25rem;
    align-content: start;
    font-size: 0.92rem;
  }
  .system > span,
  .numbers span {
    font-weight: 600;
  }
  small {
    color: var(--soft);
    font: 400 0.8rem/1.4 var(--sans);
  }
  textarea,
  input[type="number"] {
    width: 100%;
    min-width: 0;
    padding: 0.4rem 0.6rem;
    border: 1px solid var(--faint);
    border-radius: 6px;
    background: var(--raised);
    color: var(--ink);
    font: 0.9rem/1.5 var(--sans);
    font-variant-numeric: tabular-nums;
  }
  textarea {
    max-height: 16rem;
    resize: vertical;
    field-sizing: content;
    unicode-bidi: plaintext;
  }
  :is(textarea, input):disabled {
    background: var(--sunken);
  }
  ::placeholder {
    color: var(--soft);
    opacity: 1;
  }
  .numbers {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
    gap: 0.9rem 1.1rem;
    margin: 1.1rem 0 1.2rem;
  }
`;
