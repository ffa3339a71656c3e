/**
 * Markdown with mathematics, drawn as it comes. A module of its own, fetched once the page is idle.
 *
 * A text is read in stretches. Blocks that nothing that comes can change are finished: they are never read or drawn
 * again, so that a draw takes as long at the end of a text as at its beginning.
 */

import type { TokensList } from "marked";

import { CodeBlock } from "./code_block";
import { LongText } from "./long_text";
import { blocks, drawn } from "./markdown";
import { markResult } from "./result";
import { drawable } from "./unfinished";

export { sheet } from "./formula";

/** What is read at once: the worst of it takes some 50 ms, any usual text 2. */
const STRETCH = 4_000;
/** Beyond, a text is shown as it stands. */
const MOST_DRAWN = 200_000;
/** Of its time between two draws, a page spends no more than one part in so many on drawing. */
const SHARE = 4;
/** A draw that has taken so long goes on a little later. */
const MOST_MS = 8;
/** Blocks at the end that may still become something else. */
const UNSURE = 2;

/** A block of the text and what was drawn of it. */
interface Block {
  readonly source: string;
  readonly nodes: readonly Node[];
}

/** A fence that opens code. */
interface Fence {
  readonly mark: string;
  readonly info: string;
  /** Of its line, with the end of that. */
  readonly length: number;
}

/** A place where one text is drawn, again and again while it grows. */
export class Prose {
  #text = "";
  #isWhole = false;
  /** Characters whose blocks are finished. */
  #finished = 0;
  /** Blocks that may still change. */
  #blocks: Block[] = [];
  /** Code that has not ended. */
  #code: CodeBlock | undefined;
  #rest: LongText | undefined;
  /** Until the draw that is to come. */
  #waiting: Promise<void> | undefined;
  /** When the next draw may begin: milliseconds of `performance.now()`. */
  #notBefore = 0;

  constructor(private readonly place: Element) {}

  /** Draws `text` in place of what is there; while it still comes, without the formula that it ends amid. */
  draw(text: string, isWhole: boolean): void {
    const source = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    if (!source.startsWith(this.#text.slice(0, this.#finished))) {
      this.#clear();
    }
    this.#text = source;
    this.#isWhole = isWhole;
    const wait = this.#notBefore - performance.now();
    // Who follows the text is to see its end with the draw that ends it.
    if (isWhole || (wait <= 0 && !this.#waiting)) {
      this.#go();
    } else {
      this.#later(wait);
    }
  }

  /** Resolves once all that was given is drawn. */
  get drawn(): Promise<void> {
    return this.#waiting ?? Promise.resolve();
  }

  #clear(): void {
    this.place.replaceChildren();
    this.#finished = 0;
    this.#blocks = [];
    this.#code = this.#rest = undefined;
  }

  #later(wait: number): void {
    this.#waiting ??= new Promise((resolve) =>
      setTimeout(() => {
        this.#waiting = undefined;
        this.#go();
        resolve(this.drawn);
      }, wait),
    );
  }

  #go(): void {
    const from = performance.now();
    let isMore = true;
    while (isMore && performance.now() - from < MOST_MS) {
      isMore = this.#step();
    }
    markResult(this.place);
    const taken = performance.now() - from;
    if (isMore) {
      this.#later(taken);
    } else {
      this.#notBefore = taken < MOST_MS ? 0 : performance.now() + taken * (SHARE - 1);
    }
  }

  /** Draws what comes next; whether there is more to be drawn at once. */
  #step(): boolean {
    const from = this.#finished;
    if (from >= MOST_DRAWN) {
      this.#drawRest();
      return false;
    }
    const stretch = this.#text.slice(from, from + STRETCH);
    const fence = openingFence(stretch, this.#isWhole);
    if (fence) {
      return this.#drawCode(fence);
    }
    const isLast = from + STRETCH >= this.#text.length;
    const tokens = blocks(isLast && this.#isWhole ? stretch : drawable(stretch));
    const code = tokens.findIndex((token) => token.type === "code" && token.codeBlockStyle !== "indented" && isFence(token.raw));
    const isCode = code > 0 || (code === 0 && !this.#isWhole);
    const sure = isCode ? code : isLast && this.#isWhole ? tokens.length : surely(tokens);
    if (!isLast && sure === 0) {
      // One block that is longer than a stretch: it goes on as another one.
      const head = blocks(cut(stretch));
      this.#drawBlocks(head, head.length);
    } else {
      this.#drawBlocks(isCode ? Object.assign(tokens.slice(0, code), { links: tokens.links }) : tokens, sure);
    }
    return this.#finished > from && this.#finished < this.#text.length;
  }

  /** Draws blocks in place of those that may still change; the first `sure` of them are finished then. */
  #drawBlocks(tokens: TokensList, sure: number): void {
    const same = this.#blocks.findIndex(({ source }, i) => source !== tokens[i]?.raw);
    const kept = same < 0 ? this.#blocks.length : same;
    this.#blocks.splice(kept).forEach(({ nodes }) => nodes.forEach((node) => node.parentNode?.removeChild(node)));
    for (const token of tokens.slice(kept)) {
      const nodes = drawn(token, tokens.links);
      this.place.append(...nodes);
      this.#blocks.push({ source: token.raw, nodes });
    }
    this.#finished += this.#blocks.splice(0, sure).reduce((length, { source }) => length + source.length, 0);
  }

  /** Draws code behind its fence, without reading it; whether there is more behind it. */
  #drawCode({ mark, info, length }: Fence): boolean {
    const begin = this.#finished + length;
    const closing = new RegExp(`^ {0,3}${mark}[${mark[0]}]*[ \\t]*(?:\\n|${this.#isWhole ? "$(?![^])" : "(?!)"})`, "gm");
    closing.lastIndex = begin;
    const end = closing.exec(this.#text);
    const most = Math.min(end?.index ?? this.#text.length, MOST_DRAWN);
    const isWhole = end !== null || this.#isWhole || most === MOST_DRAWN;
    const source = this.#text.slice(begin, most);
    if (!this.#code) {
      this.#code = new CodeBlock(info);
      this.place.append(this.#code.element);
    }
    this.#code.draw((isWhole ? source : source.replace(/(?:^|\n) {0,3}[`~]+$/, "")).replace(/\n$/, ""), isWhole);
    if (isWhole) {
      this.#code = undefined;
      this.#finished = end && most === end.index ? end.index + end[0].length : most;
    }
    return isWhole && this.#finished < this.#text.length;
  }

  #drawRest(): void {
    if (!this.#rest) {
      const place = document.createElement("div");
      Object.assign(place, { className: "as-written", dir: "auto" });
      this.place.append(place);
      this.#rest = new LongText(place);
    }
    this.#rest.draw(this.#text.slice(this.#finished));
  }
}

/** The fence that a text opens with, once its line is there. */
function openingFence(text: string, isWhole: boolean): Fence | undefined {
  const [line, mark, info] = /^ {0,3}(`{3,}(?=[^`\n]*(?:\n|$))|~{3,})([^\n]*)(?:\n|$)/.exec(text) ?? [];
  const isThere = line !== undefined && (isWhole || line.endsWith("\n"));
  return isThere && mark !== undefined && info !== undefined ? { mark, info, length: line.length } : undefined;
}

function isFence(source: string): boolean {
  return /^ {0,3}(?:`{3}|~{3})/.test(source);
}

/** How many blocks, from the first one, nothing that comes can change: not the last ones, and no white space between. */
function surely(tokens: TokensList): number {
  let unsure = 0;
  for (let i = tokens.length - 1; i >= 0; i--) {
    unsure += tokens[i]?.type === "space" ? 0 : 1;
    if (unsure === UNSURE) {
      return i;
    }
  }
  return 0;
}

/** A stretch up to where it can be cut with the least harm: at a line that begins anew, at a line, at a word. */
function cut(stretch: string): string {
  const text = drawable(stretch);
  const [line = 0] = Array.from(text.matchAll(/\n(?=\S)/g), ({ index }) => index + 1).slice(-1);
  const at = line || text.lastIndexOf("\n") + 1 || text.lastIndexOf(" ") + 1;
  return at > 0 ? text.slice(0, at) : text.replace(/[\ud800-\udbff]$/, "");
}
