/** The module where everything is in one file: it came with the worker's own text. */

import { bytesOf } from "./base64";

/** The module, gzipped, in base64. */
declare const packedModule: string;

/** The module itself, in place of its address. */
export function moduleAddress(): Response {
  const stream = new Blob([bytesOf(packedModule)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream, { headers: { "Content-Type": "application/wasm" } });
}
