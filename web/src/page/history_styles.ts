import { css } from "lit";

/** The list of conversations. */
export const historyStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 0.9rem;
    min-height: 100%;
    font-size: 0.9rem;
  }
  .new {
    padding: 0.5rem 0.9rem;
    border: 1px solid var(--faint);
    border-radius: 9px;
    background: var(--raised);
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .new:hover {
    border-color: var(--soft);
  }
  ul {
    display: flex;
    flex-direction: column;
    gap: 0.1rem;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    border-radius: 9px;
  }
  li[data-current] {
    background: var(--raised);
    box-shadow: inset 2px 0 var(--accent);
  }
  .open,
  .more {
    padding: 0.45rem 0.7rem;
    border: 0;
    border-radius: 9px;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .open:hover,
  .more:hover {
    background: var(--raised);
  }
  .open bdi {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  small,
  .empty,
  .words {
    color: var(--soft);
    font-size: 0.78rem;
  }
  .more {
    min-width: 2.4rem;
    color: var(--soft);
    text-align: center;
  }
  .acts,
  .all {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem 0.9rem;
    font-size: 0.8rem;
  }
  .acts {
    grid-column: 1 / -1;
    padding: 0 0.7rem 0.5rem;
  }
  .all {
    margin-top: auto;
    padding-top: 0.8rem;
  }
  .quiet {
    padding: 0.25rem 0;
    border: 0;
    background: none;
    color: var(--soft);
    font: inherit;
    text-decoration: underline;
    text-decoration-color: var(--faint);
    text-underline-offset: 3px;
    cursor: pointer;
  }
  .quiet:hover {
    color: var(--ink);
    text-decoration-color: currentColor;
  }
  .doomed {
    color: var(--fault);
    font-weight: 600;
  }
  label input {
    position: absolute;
    width: 1px;
    height: 1px;
    opacity: 0;
  }
  form {
    display: flex;
    grid-column: 1 / -1;
    gap: 0.6rem;
    padding: 0.3rem;
  }
  form input {
    flex: 1;
    min-width: 0;
    padding: 0.35rem 0.5rem;
    border: 1px solid var(--accent);
    border-radius: 6px;
    outline: 0;
    background: var(--raised);
    color: inherit;
    font: inherit;
  }
  button:focus-visible,
  label:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  .empty,
  .words {
    margin: 0;
  }
`;
