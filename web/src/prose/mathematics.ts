/** Formulas in Markdown: what begins one, what ends it, and what is drawn in its place. */

import type { TokenizerAndRendererExtension, Tokens } from "marked";

/** A formula as TeX. */
interface Formula extends Tokens.Generic {
  readonly type: "formula" | "display";
  readonly tex: string;
  readonly isDisplay: boolean;
}

/** Longer ones are shown as they stand: a formula is never a whole document. */
const MOST_CHARACTERS = 4000;
const BOXED = "\\boxed{";
/** A sum of money, known by the words behind it; behind a number in a formula stand no words. */
const PRICE = String.raw`\d[\d,]*(?:\.\d+)?[.,;:!?)]?\s+(?:\p{L}{3}|\p{L}{2}\s+\p{L})`;
/** What begins a formula within a line: a dollar before what is neither white space nor a sum of money. */
export const DOLLAR = String.raw`\$(?![\s$]|${PRICE})`;
/** Environments that are displays without a dollar. */
export const ENVIRONMENT = String.raw`\\begin\{(?:align|alignat|aligned|cases|equation|gather|gathered|[bpvBV]?matrix)\*?\}`;
/** A dollar ends no formula after white space or before a digit, and a formula holds no code. */
const SPANS: readonly (readonly [pattern: RegExp, isDisplay: boolean])[] = [
  [/^\$\$([^$]+)\$\$/, true],
  [new RegExp(String.raw`^${DOLLAR}((?:\\.|[^\\$\x60\n])*?(?:\\.|[^\\$\x60\s]))\$(?!\d)`, "u"), false],
  [/^\\\[([\s\S]{1,4000}?)\\\]/, true],
  [/^\\\(([\s\S]{1,4000}?)\\\)/, false],
  [new RegExp(String.raw`^(?=${ENVIRONMENT})(\\begin(\{\w+\*?\})[^]{1,4000}?\\end\2)`), true],
];

/** Formulas amid a line, and those that stand for themselves. */
export const mathematics: TokenizerAndRendererExtension[] = [
  { name: "formula", level: "inline", start: (text) => begins(text, /\$|\\(?:\(|\[|boxed\{|begin\{)/), tokenizer: inLine, renderer: place },
  { name: "display", level: "block", start: (text) => begins(text, /^(?:\$\$|\\\[|\\begin\{)/m), tokenizer: onItsOwn, renderer: place },
];

function begins(text: string, opening: RegExp): number | void {
  const at = text.search(opening);
  return at < 0 ? undefined : at;
}

function inLine(text: string): Formula | undefined {
  const length = boxLength(text);
  if (length !== undefined) {
    return { type: "formula", raw: text.slice(0, length), tex: box(text.slice(BOXED.length, length - 1)), isDisplay: false };
  }
  return span(text, "formula");
}

function onItsOwn(text: string): Formula | undefined {
  const found = span(text, "display");
  const rest = found && /^[ \t]*(?:\n+|$)/.exec(text.slice(found.raw.length));
  return found?.isDisplay && rest ? { ...found, raw: found.raw + rest[0] } : undefined;
}

function span(text: string, type: Formula["type"]): Formula | undefined {
  for (const [pattern, isDisplay] of SPANS) {
    const [raw, tex] = pattern.exec(text) ?? [];
    if (raw !== undefined && tex !== undefined && raw.length <= MOST_CHARACTERS) {
      return { type, raw, tex: percents(tex), isDisplay };
    }
  }
  return undefined;
}

/** How long the `\boxed{…}` is that `text` begins with; nothing where it begins with none, or with one that does not end. */
export function boxLength(text: string): number | undefined {
  if (!text.startsWith(BOXED)) {
    return undefined;
  }
  let depth = 0;
  const end = Math.min(text.length, MOST_CHARACTERS);
  for (let at = BOXED.length - 1; at < end; at++) {
    if (text[at] === "\\") {
      at++;
    } else if (text[at] === "{") {
      depth++;
    } else if (text[at] === "}" && --depth === 0) {
      return at + 1;
    }
  }
  return undefined;
}

/** What stands in the last box of a formula, as a person would write it; nothing where there is no box. */
export function boxed(tex: string): string | undefined {
  const from = tex.lastIndexOf(BOXED);
  const length = from < 0 ? undefined : boxLength(tex.slice(from));
  return length === undefined
    ? undefined
    : tex.slice(from + BOXED.length, from + length - 1).replace(/^\s*\\text\{([^{}]*)\}\s*$/, "$1").replace(/\\([%$#&])/g, "$1").trim();
}

/** A box around mathematics, or around words where there is no mathematics in it. */
function box(inner: string): string {
  const escaped = percents(inner).replace(/(?<!\\)[$#&]/g, "\\$&");
  const isWords = /\p{L}{2}|\d\s+\p{L}/u.test(inner) && !/[\\{}_^]/.test(inner);
  return `\\boxed{${isWords ? `\\text{${escaped}}` : escaped}}`;
}

/** A percent sign that is meant to be seen: to TeX it would begin a comment. */
function percents(tex: string): string {
  return tex.replace(/(?<!\\)%/g, "\\%");
}

/** Where a formula will be drawn: its source, for as long as nothing else stands there. */
function place(token: Tokens.Generic): string {
  const { raw, tex, isDisplay } = token as Formula;
  const element = `<span data-tex="${escape(tex)}"${isDisplay ? " data-display" : ""}>${escape(raw.trim())}</span>`;
  return token.type === "display" ? `<p>${element}</p>` : element;
}

/** Text as HTML. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
