/** A model without a file, as `reckon bench --random` has it: a shape of MobileLLM-R1, and weights of noise. Its tokenizer knows bytes alone. */

import type { GivenFile } from "../../engine/messages";
import type { Place } from "../../engine/place";

/** Layers, heads, heads of keys, width and feed-forward width. Source: README.md of facebookresearch/MobileLLM-R1, "Model Architecture". */
const SHAPES: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  "950m": [22, 24, 6, 1536, 6144],
  "360m": [15, 16, 4, 1024, 4096],
  "140m": [15, 9, 3, 576, 2048],
};
const HEAD_DIM = 64;
const VOCAB_SIZE = 128_256;
/** Bytes of noise that are repeated: no whole number of rows of any shape, so that rows differ. */
const NOISE_BYTES = 2 ** 20 + 62;
/** Weights lie in so much around zero, as trained ones do. */
const AMPLITUDE = 0.035;

/** The model of that size. */
export function ofNoise(size: string): Place {
  const shape = SHAPES[size];
  if (shape === undefined) {
    throw new Error(`${size} is no size; expected one of ${Object.keys(SHAPES).join(", ")}`);
  }
  const [layers, heads, kvHeads, hidden, feedForward] = shape;
  const config = {
    model_type: "llama4_text",
    hidden_size: hidden,
    intermediate_size: feedForward,
    intermediate_size_mlp: feedForward,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: HEAD_DIM,
    vocab_size: VOCAB_SIZE,
    max_position_embeddings: 32_768,
    rms_norm_eps: 1e-5,
    rope_theta: 8e6,
    moe_layers: [],
    no_rope_layers: Array.from({ length: layers }, () => 1),
    attention_chunk_size: null,
    attn_temperature_tuning: false,
    use_qk_norm: true,
    tie_word_embeddings: true,
  };
  const text = (path: string, json: object): GivenFile => ({ path, file: new File([JSON.stringify(json)], path) });
  const files = [text("config.json", config), text("tokenizer.json", bytesAsTokens()), { path: Noise.NAME, file: new Noise(tensors(shape)) }];
  return { name: `random ${size}`, source: { files } };
}

type Tensors = readonly (readonly [string, readonly number[]])[];

/** Names and shapes of all matrices, then of all vectors. */
function tensors([layers, heads, kvHeads, hidden, feedForward]: readonly [number, number, number, number, number]): Tensors {
  const [q, kv] = [heads * HEAD_DIM, kvHeads * HEAD_DIM];
  const matrices: Tensors = [
    ["self_attn.q_proj", [q, hidden]],
    ["self_attn.k_proj", [kv, hidden]],
    ["self_attn.v_proj", [kv, hidden]],
    ["self_attn.o_proj", [hidden, q]],
    ["feed_forward.gate_proj", [feedForward, hidden]],
    ["feed_forward.up_proj", [feedForward, hidden]],
    ["feed_forward.down_proj", [hidden, feedForward]],
  ];
  const vectors: Tensors = ["input_layernorm", "post_attention_layernorm"].map((name) => [name, [hidden]]);
  const ofAll = (tensors: Tensors): Tensors =>
    Array.from({ length: layers }, (_, layer) => tensors.map(([name, shape]) => [`model.layers.${layer}.${name}.weight`, shape] as const)).flat();
  return [["model.embed_tokens.weight", [VOCAB_SIZE, hidden]], ...ofAll(matrices), ...ofAll(vectors), ["model.norm.weight", [hidden]]];
}

/** Each byte is a token, in the alphabet of byte-level tokenizers. Source: `bytes_to_unicode` of GPT-2's encoder.py. */
function bytesAsTokens(): object {
  const isPrintable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let others = 0x100;
  const letters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : others++));
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const vocab = Object.fromEntries(letters.map((letter, byte) => [letter, byte]));
  return { version: "1.0", added_tokens: [], pre_tokenizer: byteLevel, decoder: byteLevel, model: { type: "BPE", vocab, merges: [] } };
}

/** A file of weights that is made as it is read: matrices of noise, vectors of ones, all in bf16. */
class Noise extends File {
  static readonly NAME = "model.safetensors";
  readonly #header: Uint8Array;
  /** Where vectors begin, and where the file ends. */
  readonly #vectors: number;
  readonly #end: number;
  readonly #noise = noise();

  constructor(tensors: Tensors) {
    super([], Noise.NAME);
    let [end, matricesEnd] = [0, 0];
    const table: Record<string, object> = {};
    for (const [name, shape] of tensors) {
      const begin = end;
      end += 2 * shape.reduce((product, size) => product * size, 1);
      matricesEnd = shape.length === 2 ? end : matricesEnd;
      table[name] = { dtype: "BF16", shape, data_offsets: [begin, end] };
    }
    const json = new TextEncoder().encode(JSON.stringify(table));
    this.#header = new Uint8Array(8 + 8 * Math.ceil(json.length / 8)).fill(0x20);
    new DataView(this.#header.buffer).setBigUint64(0, BigInt(this.#header.length - 8), true);
    this.#header.set(json, 8);
    this.#vectors = this.#header.length + matricesEnd;
    this.#end = this.#header.length + end;
  }

  override get size(): number {
    return this.#end;
  }

  override slice(start = 0, end = this.#end): Blob {
    return new Blob([this.#bytes(start, end)]);
  }

  #bytes(start: number, end: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end - start);
    let at = start;
    while (at < end) {
      const piece = this.#piece(at);
      const taken = piece.subarray(0, end - at);
      bytes.set(taken, at - start);
      at += taken.length;
    }
    return bytes;
  }

  /** What lies together from `at` on. */
  #piece(at: number): Uint8Array {
    if (at < this.#header.length) {
      return this.#header.subarray(at);
    }
    if (at < this.#vectors) {
      return this.#noise.subarray(at % NOISE_BYTES).subarray(0, this.#vectors - at);
    }
    // Ones, which begin at even bytes.
    return Uint8Array.from({ length: 4096 }, (_, i) => ((at + i) % 2 === 0 ? 0x80 : 0x3f));
  }
}

/** Numbers around zero, as bf16; the same each time. */
function noise(): Uint8Array {
  const [float, words] = [new Float32Array(1), new Uint16Array(NOISE_BYTES / 2)];
  const bits = new Uint32Array(float.buffer);
  let state = 1;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    float[0] = (state / 2 ** 31) * AMPLITUDE;
    words[i] = (bits[0] ?? 0) >>> 16;
  }
  return new Uint8Array(words.buffer);
}
