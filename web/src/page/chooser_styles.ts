import { css } from "lit";

/** Models in a list: names in serif, figures in line, hairlines between. */
export const chooserStyles = css`
  :host {
    display: block;
  }
  h2 {
    margin: 0 0 0.6rem;
    font: 600 1.1rem/1.3 var(--serif);
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    padding: 1rem 0 1.1rem;
    border-top: 1px solid var(--faint);
  }
  h3 {
    margin: 0;
    font: 600 1.15rem/1.35 var(--serif);
    overflow-wrap: anywhere;
  }
  p {
    margin: 0.25rem 0 0;
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3rem 2.2rem;
    margin: 0.6rem 0 0;
  }
  dt {
    color: var(--soft);
    font-size: 0.78rem;
  }
  dd {
    margin: 0;
    font-variant-numeric: tabular-nums;
  }
  .small {
    color: var(--soft);
    font-size: 0.86rem;
    overflow-wrap: anywhere;
  }
  .tight {
    color: var(--warm);
  }
  .fault {
    color: var(--fault);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.6rem 1rem;
    margin-top: 0.7rem;
  }
  label {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    color: var(--soft);
    font-size: 0.88rem;
  }
  ul + .small {
    padding-top: 0.9rem;
    border-top: 1px solid var(--faint);
  }
`;
