/** Words for a person. */

import { ReckonError } from "../engine/reckon";

/** An error's words as a sentence. */
export function sentence(error: unknown): string {
  if (!(error instanceof ReckonError)) {
    return String(error);
  }
  // An address keeps its own letters.
  return /^https?:/.test(error.message) ? error.message : error.message.charAt(0).toUpperCase() + error.message.slice(1);
}
