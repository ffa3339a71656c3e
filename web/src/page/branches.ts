/** The turns of a conversation with all their versions: which follows which, and which are shown. */

import type { Turn } from "./turn";

/** A tree of turns. Turns that follow the same one are versions of each other; one of them is shown. */
export class Branches {
  #turns: Turn[] = [];
  /** By the turn before. */
  readonly #shown = new Map<Turn | undefined, Turn>();
  #path: readonly Turn[] | undefined;

  /** Every turn; one that follows another comes after it. */
  get all(): readonly Turn[] {
    return this.#turns;
  }

  /** The turns that are shown, from the first to the last. */
  get path(): readonly Turn[] {
    if (!this.#path) {
      const path: Turn[] = [];
      for (let turn = this.#shown.get(undefined); turn; turn = this.#shown.get(turn)) {
        path.push(turn);
      }
      this.#path = path;
    }
    return this.#path;
  }

  isShown(turn: Turn): boolean {
    return this.#shown.get(turn.after) === turn;
  }

  /** The versions of a turn, itself among them, in the order in which they were asked. */
  versions({ after }: Turn): Turn[] {
    return this.#turns.filter((turn) => turn.after === after);
  }

  /** Adds a turn and shows it. */
  add(turn: Turn): void {
    this.#turns.push(turn);
    this.show(turn);
  }

  /** Shows a version in place of the others. */
  show(turn: Turn): void {
    this.#shown.set(turn.after, turn);
    this.#path = undefined;
  }

  /** Takes a turn away that nothing follows; `instead` is shown in its place, if it is given. */
  remove(turn: Turn, instead: Turn | undefined): void {
    this.#turns = this.#turns.filter((other) => other !== turn);
    this.#shown.delete(turn.after);
    this.#path = undefined;
    if (instead) {
      this.show(instead);
    }
  }
}
