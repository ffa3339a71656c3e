import { css } from "lit";

/** What every component begins with. */
export const base = css`
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
`;
