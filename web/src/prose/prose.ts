/**
 * Markdown with mathematics, drawn as it comes. What a model writes is not trusted: its HTML stays text, nothing is fetched
 * for it, and what the libraries make of it is sanitised. A module of its own, fetched once the page is idle.
 */

import DOMPurify, { type Config } from "dompurify";
import katex from "katex";
import stylesheet from "katex/dist/katex.min.css?inline";
import { Marked, type Token, type TokensList } from "marked";

import { escape, mathematics } from "./mathematics";
import { drawable } from "./unfinished";

/** KaTeX's rules. A component adopts them; the document must as well, since fonts are the document's. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(stylesheet);
document.adoptedStyleSheets.push(sheet);

const markdown = new Marked({
  breaks: true,
  gfm: true,
  // HTML is no kind of text here, so it is read as any other.
  tokenizer: { html: () => undefined, tag: () => undefined },
  renderer: { image: ({ raw }) => escape(raw), checkbox: ({ checked }) => (checked ? "☑ " : "☐ ") },
});
markdown.use({ extensions: mathematics });

const ALLOWED: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
  ],
  ALLOWED_ATTR: ["align", "data-display", "data-tex", "href", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ADD_URI_SAFE_ATTR: ["align", "data-display", "data-tex", "start"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** A block of the text and what was drawn of it. */
interface Block {
  readonly source: string;
  readonly nodes: readonly Node[];
}

/** A place where one text is drawn, again and again while it grows: blocks that have not changed stay as they are. */
export class Prose {
  #blocks: Block[] = [];

  constructor(private readonly place: Element) {}

  /** Draws `text` in place of what is there; while it still comes, without the formula that it ends amid. */
  draw(text: string, isWhole: boolean): void {
    const tokens = markdown.lexer(isWhole ? text : drawable(text));
    const sources = tokens.map(({ raw }) => raw);
    const same = this.#blocks.findIndex(({ source }, i) => source !== sources[i]);
    const kept = same < 0 ? this.#blocks.length : same;
    this.#blocks.splice(kept).forEach(({ nodes }) => nodes.forEach((node) => node.parentNode?.removeChild(node)));
    for (const token of tokens.slice(kept)) {
      const nodes = drawn(token, tokens.links);
      this.place.append(...nodes);
      this.#blocks.push({ source: token.raw, nodes });
    }
  }
}

function drawn(token: Token, links: TokensList["links"]): Node[] {
  const tokens = Object.assign([token], { links });
  const fragment = DOMPurify.sanitize(markdown.parser(tokens), ALLOWED);
  fragment.querySelectorAll<HTMLElement>("[data-tex]").forEach(drawFormula);
  for (const link of fragment.querySelectorAll("a")) {
    Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow" });
  }
  return Array.from(fragment.childNodes);
}

/** Draws a formula in its place; one that is none stays as it was written. */
function drawFormula(place: HTMLElement): void {
  const formula = document.createElement("span");
  try {
    // Node by node: a strict policy forbids styles in HTML that is parsed.
    katex.render(place.dataset["tex"] ?? "", formula, {
      displayMode: "display" in place.dataset,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxSize: 20,
      maxExpand: 500,
    });
    place.replaceChildren(...formula.childNodes);
  } catch {
    // Its source stands there.
  }
}
