/** What a model of the family will take, before anything of it is fetched: as the engine will plan it. */

import type { Dtype, LoadOptions, Plan } from "../engine/reckon";
import { HEAD_DIM, type Member, MOST_POSITIONS, VOCAB_SIZE } from "./family";

/** Elements that share a scale. */
const BLOCK = 32;
/** How a row is held: elements whose scales stand together, bytes of 32 elements, bytes of such a group's scales. */
const HELD: Record<Dtype, { readonly together: number; readonly block_bytes: number; readonly scales_bytes: number }> = {
  f32: { together: BLOCK, block_bytes: 128, scales_bytes: 0 },
  f16: { together: BLOCK, block_bytes: 64, scales_bytes: 0 },
  bf16: { together: BLOCK, block_bytes: 64, scales_bytes: 0 },
  q8: { together: BLOCK, block_bytes: 32, scales_bytes: 2 },
  q6: { together: 256, block_bytes: 16, scales_bytes: 84 },
  q4: { together: BLOCK, block_bytes: 16, scales_bytes: 2 },
  q4_1: { together: BLOCK, block_bytes: 16, scales_bytes: 4 },
};
/** From the widest to the narrowest. */
export const DTYPES = Object.keys(HELD) as Dtype[];
/** What is published takes four bytes an element. */
const PUBLISHED_BYTES = 4;
/** Weights that would take more are quantised if nothing else is asked: to four bits from so many parameters on. */
const MOST_BYTES = 500e6;
const LARGE = 500e6;
/** Positions of a conversation if nothing else is asked. */
const CONTEXT = 4096;

/** A matrix: so many of them, each so many rows of so many columns. */
interface Matrices {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/** What `member` takes, held as `options` say, where `device` computes. */
export function planOf(member: Member, { dtype, kv, context: asked = CONTEXT }: LoadOptions, device: Plan["device"]): Plan {
  const { num_hidden_layers: layers, num_key_value_heads: heads, hidden_size } = member;
  const context = Math.max(1, Math.min(asked, MOST_POSITIONS));
  const inner = matricesOf(member);
  const head = { count: 1, rows: VOCAB_SIZE, columns: hidden_size };
  const elements = [head, ...inner].reduce((sum, { count, rows, columns }) => sum + count * rows * columns, 0);
  const norms = (2 * layers + 1) * hidden_size;
  const parameters = elements + norms;
  const suited = suits(parameters);
  const held = { inner: dtype ?? suited.inner, head: dtype ?? suited.head };
  const dtypes = new Set([fitting(held.head, hidden_size), ...inner.map(({ columns }) => fitting(held.inner, columns))]);
  const inner_bytes = inner.reduce((sum, matrices) => sum + bytes(matrices, held.inner), 0);
  const kv_bytes = 2 * layers * heads * HEAD_DIM * context * ((kv ?? (dtype === "f32" ? "f32" : "f16")) === "f32" ? 4 : 2);
  return {
    download_bytes: parameters * PUBLISHED_BYTES,
    parameters,
    dtypes: DTYPES.filter((name) => dtypes.has(name)),
    weights_bytes: inner_bytes + bytes(head, held.head) + norms * 4,
    kv_bytes,
    context,
    largest_buffer_bytes: kv_bytes / (2 * layers),
    device,
    why: "",
  };
}

function matricesOf({ num_hidden_layers: layers, num_attention_heads, num_key_value_heads, hidden_size, intermediate_size }: Member): Matrices[] {
  const [q, kv] = [num_attention_heads * HEAD_DIM, num_key_value_heads * HEAD_DIM];
  return [
    { count: layers, rows: q, columns: hidden_size },
    { count: 2 * layers, rows: kv, columns: hidden_size },
    { count: layers, rows: hidden_size, columns: q },
    { count: 2 * layers, rows: intermediate_size, columns: hidden_size },
    { count: layers, rows: hidden_size, columns: intermediate_size },
  ];
}

/** What suits the size where nobody says. */
function suits(parameters: number): { readonly inner: Dtype; readonly head: Dtype } {
  if (parameters * PUBLISHED_BYTES <= MOST_BYTES) {
    return { inner: "f32", head: "f32" };
  }
  return parameters < LARGE ? { inner: "q8", head: "q8" } : { inner: "q4", head: "q6" };
}

/** Where rows are not whole groups of a type, q8 takes its place. */
function fitting(dtype: Dtype, columns: number): Dtype {
  return columns % HELD[dtype].together === 0 ? dtype : "q8";
}

function bytes({ count, rows, columns }: Matrices, dtype: Dtype): number {
  const { together, block_bytes, scales_bytes } = HELD[fitting(dtype, columns)];
  // A row's scales are whole words.
  return count * rows * ((columns / BLOCK) * block_bytes + Math.ceil(((columns / together) * scales_bytes) / 4) * 4);
}
