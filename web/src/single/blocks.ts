/** What stands in the page itself, each in a block of its own that is no script: the build puts it there. */

/** The blocks by name. */
export type Block = "plain-module" | "relaxed-module" | "model" | "card";

/** A block's text; nothing where the page has none of that name. The page lets go of it. */
export function takeBlock(name: Block): string | undefined {
  const block = document.getElementById(name);
  block?.remove();
  return block?.textContent ?? undefined;
}
