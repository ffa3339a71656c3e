import { css } from "lit";

/** Dialogs, the same wherever they open; a list of conversations comes in from the side. */
export const dialogStyles = css`
  dialog {
    max-width: min(34rem, calc(100vw - 2rem));
    max-height: calc(100dvh - 3rem);
    padding: 1.5rem 1.7rem 1.6rem;
    border: 1px solid var(--faint);
    border-radius: 14px;
    background: var(--paper);
    color: var(--ink);
    overflow-y: auto;
    box-shadow: 0 1.2rem 3rem rgb(0 0 0 / 0.18);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 0.35);
  }
  dialog h2 {
    margin: 0 0 1rem;
    font: 600 1.25rem/1.3 var(--serif);
  }
  dialog .close {
    display: block;
    margin: 1.4rem 0 0 auto;
  }
`;

/** Closes a dialog where what is outside of it is pressed. */
export function closeOutside(event: MouseEvent): void {
  if (event.target instanceof HTMLDialogElement) {
    const { left, right, top, bottom } = event.target.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) {
      event.target.close();
    }
  }
}
