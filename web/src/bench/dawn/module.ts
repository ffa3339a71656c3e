/** The module where no browser is: it lies beside this script. */

import { readFileSync } from "node:fs";

import { takesRelaxed } from "../../engine/relaxed";

/** The module itself, in place of its address. */
export function moduleAddress(): Uint8Array {
  const name = takesRelaxed() ? "reckon_relaxed_bg.wasm" : "reckon_bg.wasm";
  return readFileSync(new URL(name, import.meta.url));
}
