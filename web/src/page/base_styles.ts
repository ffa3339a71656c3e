import { css } from "lit";

/** What every component begins with. */
export const base = css`
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  /* For screen readers alone. */
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
