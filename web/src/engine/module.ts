/** Which of the two modules this browser takes: the same engine, compiled with relaxed SIMD and without. */

import { takesRelaxed } from "./relaxed";

/** Where the module for this browser lies; the other one is never fetched. */
export function moduleAddress(): URL {
  return takesRelaxed()
    ? new URL("../../pkg/reckon_relaxed_bg.wasm", import.meta.url)
    : new URL("../../pkg/reckon_bg.wasm", import.meta.url);
}
