/** What keys do anywhere on the page, and what the help tells of keys. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Keys and what they do, as the help tells it. */
export const SHORTCUTS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["Enter"], "ask the question"],
  [["Shift", "Enter"], "begin a new line in it"],
  [["Escape"], "stop the answer; leave an edit or a dialog"],
  [["Ctrl", "Enter"], "end the thinking: answer now"],
  [["↑"], "edit the last question, where nothing is written yet"],
  [["Ctrl", "Shift", "O"], "begin a new conversation"],
  [["Ctrl", "/"], "show this help"],
];

/** What the page does when such a key is pressed. */
export interface Actions {
  /** Tells whether there was anything to stop. */
  readonly stop: () => boolean;
  readonly begin: () => void;
  readonly help: () => void;
}

/** Hears keys anywhere on the page while its host is on it. */
export class Shortcuts implements ReactiveController {
  constructor(
    host: ReactiveControllerHost,
    private readonly actions: Actions,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("keydown", this.#press);
  }

  hostDisconnected(): void {
    removeEventListener("keydown", this.#press);
  }

  #press = (event: KeyboardEvent): void => {
    const isHeld = event.ctrlKey || event.metaKey;
    // An open dialog closes by itself.
    const isInDialog = event.composedPath().some((element) => element instanceof HTMLDialogElement);
    if (event.isComposing || isInDialog) {
      return;
    }
    if (event.key === "Escape" && this.actions.stop()) {
      event.preventDefault();
    } else if (isHeld && event.shiftKey && event.key.toLowerCase() === "o") {
      event.preventDefault();
      this.actions.begin();
    } else if (isHeld && event.key === "/") {
      event.preventDefault();
      this.actions.help();
    }
  };
}
