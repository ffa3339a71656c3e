/** What was found, in words and tables: for a page and for a terminal. */

import { bytes } from "../page/quantities";
import type { Decode, Figures, Kernel, Kernels } from "./figures";
import { figure, type Spread, written } from "./spread";

/** A table, and what stands above it and below. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
}

/** What was measured, in sentences. */
export function about({ model, device, first_token, load_ms, memory, repeat }: Figures): string[] {
  const peak = memory.peak_rss_bytes;
  return [
    `${model.name}, ${model.dtypes.join(" and ")}, on ${device.device}: ${device.adapter}.`,
    `First token after ${first_token.prompt_tokens} tokens: ${written(first_token.ms)} ms, ${figure(first_token.first_ms)} ms the first time; ` +
      `loaded in ${figure(load_ms)} ms.`,
    `Memory at most: weights ${bytes(memory.weights_bytes)}, GPU ${bytes(memory.gpu_bytes)}, the module's heap ${bytes(memory.heap_bytes)}` +
      `${peak === undefined ? "" : `, the process ${bytes(peak)}`}.`,
    `Medians (least to most) of ${repeat}.`,
  ];
}

/** Tokens decoded. */
export function decoding({ decode }: Figures): Table {
  const maybe = (value: Spread | null, mean: number | null) => (value && mean !== null ? `${written(value)}, mean ${figure(mean)}` : "–");
  const row = (row: Decode) => [
    `${row.depth}`,
    written(row.tokens_per_s),
    written(row.engine_tokens_per_s),
    written(row.gb_per_s),
    bytes(row.bytes_per_token.weights + row.bytes_per_token.kv),
    `${row.dispatches_per_token}`,
    `${row.tokens_in_flight}`,
    maybe(row.encode_us, row.mean_encode_us),
    maybe(row.await_us, row.mean_await_us),
  ];
  const head = ["after", "tokens/s", "without text", "GB/s", "bytes/token", "dispatches/token", "in flight", "encode, us", "await, us"];
  return { title: "Decoding", head, rows: decode.map(row) };
}

/** Prompts read. */
export function prompts({ prefill }: Figures): Table {
  const rows = prefill.map((row) => [`${row.tokens}`, written(row.ms), written(row.tokens_per_s)]);
  return { title: "Prompts", head: ["tokens", "ms", "tokens/s"], rows };
}

/** The kernels of a token. */
export function kernelTable({ depth, timed_by, copy_gb_per_s, copy_bytes, kernels }: Kernels): Table {
  const row = (row: Kernel) => [
    row.kernel,
    row.of,
    `${row.dispatches}`,
    written(row.us),
    figure(row.us_per_token),
    figure(row.gb_per_s),
    figure(row.percent_of_copy),
    row.shape,
  ];
  const sum = kernels.reduce((sum, { us_per_token }) => sum + us_per_token, 0);
  return {
    title: "Kernels",
    head: ["kernel", "for", "a token", "us each", "us a token", "GB/s", "% of the copy", "shape"],
    rows: kernels.map(row),
    note:
      `After ${depth} positions, by ${timed_by}; all kernels of a token: ${figure(sum)} us. ` +
      `A copy of ${bytes(copy_bytes / 2)}: ${written(copy_gb_per_s)} GB/s read and written.`,
  };
}
