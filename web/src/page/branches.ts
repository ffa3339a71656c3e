/** The turns of a conversation with all their versions: which follows which, and which are shown. */

import type { Turn } from "./turn";

/** A tree of turns. Turns that follow the same one are versions of each other; one of them is shown. */
export class Branches {
  #turns: Turn[] = [];
  /** By the turn before. */
  readonly #versions = new Map<Turn | undefined, Turn[]>();
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

  /** The version that is shown of what follows a turn; without one, of what everything begins with. */
  shownAfter(turn: Turn | undefined): Turn | undefined {
    return this.#shown.get(turn);
  }

  /** The versions of a turn, itself among them, in the order in which they were asked. */
  versions({ after }: Turn): readonly Turn[] {
    return this.#versions.get(after) ?? [];
  }

  /** Adds a turn and shows it. */
  add(turn: Turn): void {
    this.#turns.push(turn);
    this.#versions.set(turn.after, [...this.versions(turn), turn]);
    this.show(turn);
  }

  /** Shows a version in place of the others. */
  show(turn: Turn): void {
    this.#shown.set(turn.after, turn);
    this.#path = undefined;
  }

  /** Takes a turn away that nothing follows; `instead` is shown in its place, where there is another version. */
  remove(turn: Turn, instead: Turn | undefined): void {
    const others = (other: Turn) => other !== turn;
    this.#turns = this.#turns.filter(others);
    this.#versions.set(turn.after, this.versions(turn).filter(others));
    this.#shown.delete(turn.after);
    this.#path = undefined;
    if (instead) {
      this.show(instead);
    }
  }
}
