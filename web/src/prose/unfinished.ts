/** What of a text that still comes can be drawn: a formula is held back until it has ended. */

import { boxLength, DOLLAR, ENVIRONMENT } from "./mathematics";

/** Code, formulas that have ended, and what is escaped. */
const FINISHED = new RegExp(
  [
    /```[^]*?(?:```|$)|`[^`\n]*`|\$\$[^$]+\$\$/.source,
    String.raw`${DOLLAR}[^$\x60\n]*[^$\x60\s]\$(?!\d)`,
    /\\\[[^]+?\\\]|\\\([^]+?\\\)|\\begin(\{\w+\*?\})[^]+?\\end\1|\\[^a-zA-Z([]/.source,
  ].join("|"),
  "gu",
);
/** What begins a formula, half of such a beginning at the very end, and a dollar whose line has not ended. */
const OPENING = new RegExp(
  String.raw`\$\$|\\\[|\\\(|\\boxed\{|${ENVIRONMENT}|\\begin\{[a-zA-Z*]*$|\\[a-zA-Z]*$|${DOLLAR}[^$\x60\n]*$`,
  "u",
);
/** What is held back longer than this is no formula. */
const MOST_CHARACTERS = 1000;

/** The text up to a formula that has not ended yet. */
export function drawable(text: string): string {
  const blank = (found: string) => " ".repeat(found.length);
  let rest = text.replace(FINISHED, blank);
  for (let at = rest.indexOf("\\boxed{"); at >= 0; at = rest.indexOf("\\boxed{", at + 1)) {
    const length = boxLength(text.slice(at)) ?? 0;
    rest = rest.slice(0, at) + " ".repeat(length) + rest.slice(at + length);
  }
  const from = rest.search(OPENING);
  return from < 0 || text.length - from > MOST_CHARACTERS ? text : text.slice(0, from);
}
