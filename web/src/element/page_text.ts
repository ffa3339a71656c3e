/** The text of the page that stands around a conversation, as far as a model has room for it. */

import { ReckonError } from "../engine/reckon";

/** More letters without white space than any word has; some scripts write none between words. */
const MOST_LETTERS = 64;
const WORD = new RegExp(`\\s*\\S{1,${MOST_LETTERS}}`, "g");

/** What of a text is given to a model. */
export interface Excerpt {
  readonly text: string;
  readonly words: number;
  readonly given: number;
}

/** The text of everything that `selector` selects, as it is read; throws where that is nothing. */
export function textOf(selector: string, page: ParentNode): string {
  const selected = Array.from(page.querySelectorAll<HTMLElement>(selector));
  if (selected.length === 0) {
    throw new ReckonError({ code: "options", message: `context: nothing on this page matches ${JSON.stringify(selector)}` });
  }
  // What stands inside another that is selected is read with it.
  const outer = selected.filter((element) => !selected.some((other) => other !== element && other.contains(element)));
  return outer.map((element) => element.innerText.trim()).join("\n\n");
}

/** The longest beginning of `text`, in whole words, that counts `most` tokens or fewer. */
export async function excerpt(text: string, most: number, count: (text: string) => Promise<number>): Promise<Excerpt> {
  const words = text.match(WORD) ?? [];
  const first = (number: number) => words.slice(0, number).join("");
  // No word is shorter than a token: what is longer than this need not be counted.
  let [fits, exceeds] = [0, Math.min(words.length, Math.max(0, most)) + 1];
  let next = exceeds - 1;
  while (fits + 1 < exceeds) {
    if ((await count(first(next))) <= most) {
      fits = next;
    } else {
      exceeds = next;
    }
    next = (fits + exceeds) >> 1;
  }
  return { text: first(fits), words: words.length, given: fits };
}

/** What a reader is told of it. */
export function excerptWords({ words, given }: Excerpt): string {
  const all = words.toLocaleString();
  return given < words
    ? `The first ${given.toLocaleString()} of ${all} words of this page are given to the model.`
    : `All ${all} words of this page are given to the model.`;
}
