import type { Ending } from "./turn";

/** What a reader is told of an answer's end; nothing where the model ended it itself. */
export const ENDINGS: { readonly [ending in Ending]: string | undefined } = {
  stop: undefined,
  length: "cut off at the token limit",
  context: "cut off: the context is full",
  memory: "cut off: there is no memory left for a longer context",
  abort: "stopped",
  interrupted: "interrupted",
};
