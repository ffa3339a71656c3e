import { createHash } from "node:crypto";

import type { Block } from "./src/single/blocks.ts";

/** What stands in the page and is no script, by name. */
export type Blocks = Partial<Record<Block, string>>;

/** What one file is made of. */
interface Parts {
  readonly page: string;
  readonly script: string;
  readonly style: string;
  readonly icon: Buffer;
  readonly blocks: Blocks;
}

/**
 * The page with all its parts in it. Its policy names the one script and the one stylesheet by their hashes and lets no
 * other run; the worker is what the page makes of its own bytes.
 */
export function asOneFile({ page, script, style, icon, blocks }: Parts): string {
  const code = withoutTags(script);
  const data = Object.entries(blocks).map(([name, text]) => `<script type="text/plain" id="${name}">${withoutTags(text)}</script>`);
  const image = `data:image/svg+xml;base64,${icon.toString("base64")}`;
  let text = page;
  text = replaced(text, /<script type="module"[^>]*><\/script>\s*/, () => "");
  text = replaced(text, /<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`);
  text = replaced(text, /<link rel="manifest"[^>]*>\s*/, () => "");
  text = replaced(text, /<link rel="apple-touch-icon"[^>]*>\s*/, () => "");
  text = replaced(text, /(<link rel="icon" href=")[^"]*/, (_, before) => before + image);
  text = replaced(text, /(Content-Security-Policy"\s*content=")([^"]*)/, (_, before, policy) => before + ofOneFile(policy, code, style));
  return replaced(text, /<\/body>/, () => `${data.join("\n    ")}\n    <script type="module">${code}</script>\n  </body>`);
}

/** The page's policy where everything is in the page: what was its own origin's is now told by its hash, or is data. */
function ofOneFile(policy: string, code: string, style: string): string {
  const own = new Map([
    ["script-src", hash(code)],
    ["style-src", hash(style)],
    ["worker-src", "blob:"],
    ["font-src", "data:"],
  ]);
  const directives = policy.split(/;\s*/).map((directive) => {
    const [name = "", ...sources] = directive.split(" ");
    const kept = sources.flatMap((source) => (source === "'self'" ? (own.get(name) ?? []) : [source]));
    return kept.length === 0 ? [] : [[name, ...kept].join(" ")];
  });
  return directives.flat().join("; ");
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** A script's text as a page may hold it: nothing in it reads as the beginning or the end of a script, or as a comment. */
function withoutTags(text: string): string {
  return text.replace(/<(?=!--|\/?script)/gi, "\\u003C");
}

function replaced(text: string, what: RegExp, by: (...found: string[]) => string): string {
  if (!what.test(text)) {
    throw new Error(`the page has nothing like ${what}`);
  }
  return text.replace(what, (...found: string[]) => by(...found));
}
