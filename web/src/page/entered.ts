import type { GivenFile } from "../engine/reckon";
import type { Choice } from "./address";

/** A model that is to be opened: one that was chosen, files that were picked, or an address that was typed. */
export class Entered extends Event {
  constructor(readonly given: Choice | GivenFile[] | string) {
    super("enter", { bubbles: true, composed: true });
  }
}
