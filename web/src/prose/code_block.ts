/** Code in an answer: its language, a button that copies it, and colours where there is a grammar. */

import DOMPurify from "dompurify";

import { showDirectionMarks } from "./direction_marks";
import { copyButton } from "./copy_button";
import { language, type Grammar } from "./languages";

type Highlighter = typeof import("./highlight");

/** Code that is still being written is coloured anew with each draw up to here: in about 2 ms. */
const MOST_RUNNING = 2_000;
/** Longer code stays without colours: they would take a frame and more. */
const MOST_COLOURED = 16_000;

let highlighter: Highlighter | undefined;
/** What colours is asked for once, and again where it did not come. */
let fetching: Promise<void> | undefined;

function fetchHighlighter(): Promise<void> {
  fetching ??= import("./highlight").then(
    (fetched) => void (highlighter = fetched),
    () => void (fetching = undefined),
  );
  return fetching;
}

/** A block of code, drawn again and again while it grows. */
export class CodeBlock {
  readonly element = document.createElement("figure");
  readonly #code = document.createElement("code");
  readonly #grammar: Grammar | undefined;
  #source = "";
  /** What has come since the last colours. */
  #tail = new Text();

  /** `info` is what stands behind the opening fence. */
  constructor(info: string) {
    const { label, grammar } = language(info);
    this.#grammar = grammar;
    const caption = document.createElement("figcaption");
    const name = document.createElement("span");
    name.textContent = label === "" ? "Code" : label;
    caption.append(name, copyButton("the code", () => this.#source));
    const scroll = document.createElement("pre");
    Object.assign(scroll, { dir: "ltr", tabIndex: 0 });
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", label === "" ? "Code" : `${label} code`);
    this.#code.append(this.#tail);
    scroll.append(this.#code);
    this.element.className = "code";
    this.element.append(caption, scroll);
  }

  /** Draws `source` in place of what is there. */
  draw(source: string, isWhole: boolean): void {
    if (source.startsWith(this.#source)) {
      this.#tail.appendData(source.slice(this.#source.length));
    } else {
      this.#show(source);
    }
    this.#source = source;
    if (showDirectionMarks(this.#code)) {
      this.#begin();
    }
    if (this.#grammar && source.length <= (isWhole ? MOST_COLOURED : MOST_RUNNING)) {
      this.#colour(this.#grammar);
    }
  }

  #colour(grammar: Grammar): void {
    const source = this.#source;
    if (!highlighter) {
      void fetchHighlighter().then(() => highlighter && source === this.#source && this.#colour(grammar));
      return;
    }
    const html = highlighter.highlighted(source, grammar);
    this.#show(DOMPurify.sanitize(html, { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"], RETURN_DOM_FRAGMENT: true }));
    showDirectionMarks(this.#code);
  }

  #show(content: string | DocumentFragment): void {
    this.#code.replaceChildren(content);
    this.#begin();
  }

  #begin(): void {
    this.#tail = new Text();
    this.#code.append(this.#tail);
  }
}
