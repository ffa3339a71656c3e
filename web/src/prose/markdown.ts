/** Markdown as nodes. What a model writes is not trusted: its HTML stays text, nothing is fetched for it. */

import DOMPurify, { type Config } from "dompurify";
import { Marked, type Token, type TokensList } from "marked";

import { CodeBlock } from "./code_block";
import { showDirectionMarks } from "./direction_marks";
import { drawFormula } from "./formula";
import { escape, mathematics } from "./mathematics";

const markdown = new Marked({
  breaks: true,
  gfm: true,
  // HTML is no kind of text here, so it is read as any other.
  tokenizer: { html: () => undefined, tag: () => undefined },
  renderer: {
    image: ({ raw }) => escape(raw),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    code: ({ text, lang }) => `<pre data-language="${escape(lang ?? "")}">${escape(text)}</pre>`,
  },
});
markdown.use({ extensions: mathematics });

const ALLOWED: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
  ],
  ALLOWED_ATTR: ["align", "data-display", "data-language", "data-tex", "href", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ADD_URI_SAFE_ATTR: ["align", "data-display", "data-language", "data-tex", "start"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** Quotes and lists within each other, more than any text has: they are no such thing. */
const TOO_DEEP = /^ {0,3}(?:>[ \t]*|(?:[-*+]|\d{1,9}[.)])[ \t]+){12}/m;

/** The blocks of a text; one, of no kind, where it cannot be read. */
export function blocks(text: string): TokensList {
  try {
    if (!TOO_DEEP.test(text)) {
      return markdown.lexer(text);
    }
  } catch {
    // Nested deeper than the reader's own stack.
  }
  return Object.assign([{ type: "unread", raw: text }], { links: {} });
}

/** A block as nodes. */
export function drawn(token: Token, links: TokensList["links"]): Node[] {
  if (token.type === "unread") {
    return [plain(token.raw)];
  }
  try {
    const fragment = DOMPurify.sanitize(markdown.parser(Object.assign([token], { links })), ALLOWED);
    finish(fragment);
    return Array.from(fragment.childNodes);
  } catch {
    return [plain(token.raw)];
  }
}

/** What Markdown has no words for. */
function finish(fragment: DocumentFragment): void {
  fragment.querySelectorAll<HTMLElement>("[data-tex]").forEach(drawFormula);
  for (const code of fragment.querySelectorAll("pre")) {
    const block = new CodeBlock(code.dataset["language"] ?? "");
    block.draw(code.textContent, true);
    code.replaceWith(block.element);
  }
  fragment.querySelectorAll("table").forEach(letScroll);
  fragment.querySelectorAll("a").forEach(secure);
  showDirectionMarks(fragment);
  for (const block of fragment.children) {
    (block as HTMLElement).dir = "auto";
  }
}

/** A table scrolls within itself, by keys as well; each cell is read in its own direction. */
function letScroll(table: HTMLTableElement): void {
  const frame = document.createElement("div");
  Object.assign(frame, { className: "wide", tabIndex: 0 });
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", "Table");
  table.replaceWith(frame);
  frame.append(table);
  for (const cell of table.querySelectorAll<HTMLElement>("td, th")) {
    cell.dir = "auto";
  }
}

/** A link leads out in a tab of its own, tells nothing of where it was, and says where it leads. */
function secure(link: HTMLAnchorElement): void {
  Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow" });
  const { href, host, pathname, textContent: text } = link;
  if (href !== "" && text !== href && text !== href.replace(/^(?:https?:\/\/|mailto:)|\/$/g, "")) {
    const where = document.createElement("span");
    where.className = "where";
    where.textContent = ` (${host === "" ? pathname : host})`;
    link.title = href;
    link.after(where);
  }
}

/** Text as it stands. */
export function plain(text: string): HTMLElement {
  const block = document.createElement("p");
  Object.assign(block, { className: "as-written", dir: "auto", textContent: text });
  showDirectionMarks(block);
  return block;
}
