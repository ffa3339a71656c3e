/** Formulas, drawn by KaTeX in the place of their source. */

import katex from "katex";
import stylesheet from "katex/dist/katex.min.css?inline";

import { boxed } from "./mathematics";

/** KaTeX's rules. A component adopts them; the document must as well, since fonts are the document's. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(stylesheet);
document.adoptedStyleSheets.push(sheet);

/** Formulas that are kept drawn: the block that grows is drawn again and again. */
const MOST_KEPT = 300;
const kept = new Map<string, DocumentFragment | undefined>();

/** Draws the formula that `place` stands for; one that is none stays as it was written. What is boxed in it is noted. */
export function drawFormula(place: HTMLElement): void {
  const tex = place.dataset["tex"] ?? "";
  const isDisplay = "display" in place.dataset;
  const key = `${isDisplay} ${tex}`;
  if (!kept.has(key)) {
    kept.set(key, drawn(tex, isDisplay));
    for (const oldest of kept.keys()) {
      if (kept.size > MOST_KEPT) {
        kept.delete(oldest);
      }
    }
  }
  const formula = kept.get(key)?.cloneNode(true);
  if (formula) {
    place.replaceChildren(formula);
    const content = boxed(tex);
    if (content !== undefined) {
      place.dataset["boxed"] = content;
    }
  }
}

function drawn(tex: string, displayMode: boolean): DocumentFragment | undefined {
  const formula = document.createElement("span");
  try {
    // Node by node: a strict policy forbids styles in HTML that is parsed.
    katex.render(tex, formula, { displayMode, throwOnError: true, strict: "ignore", trust: false, maxSize: 20, maxExpand: 500 });
  } catch {
    return undefined;
  }
  const fragment = new DocumentFragment();
  fragment.append(...formula.childNodes);
  return fragment;
}
