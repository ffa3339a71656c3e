/** The models of MobileLLM-R1: their shapes, where they are, and how they score. */

/** A model of the family. */
export interface Member {
  readonly name: string;
  /** On Hugging Face. */
  readonly repo: string;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  /** Per cent of problems solved at the first try, as Meta tells. */
  readonly scores: { readonly MATH500: number; readonly GSM8K: number };
}

/** Common to all of them. */
export const HEAD_DIM = 64;
export const VOCAB_SIZE = 128_256;
export const MOST_POSITIONS = 32_768;
export const LICENCE = "FAIR Noncommercial Research License";

/**
 * From the largest to the smallest. The input embedding is the head as well, and the files hold f32.
 *
 * Source: README.md of facebookresearch/MobileLLM-R1, "Model Architecture" and the table of post-trained models.
 */
export const FAMILY: readonly Member[] = [
  {
    name: "MobileLLM-R1 950M",
    repo: "facebook/MobileLLM-R1-950M",
    num_hidden_layers: 22,
    num_attention_heads: 24,
    num_key_value_heads: 6,
    hidden_size: 1536,
    intermediate_size: 6144,
    scores: { MATH500: 74.0, GSM8K: 67.5 },
  },
  {
    name: "MobileLLM-R1 360M",
    repo: "facebook/MobileLLM-R1-360M",
    num_hidden_layers: 15,
    num_attention_heads: 16,
    num_key_value_heads: 4,
    hidden_size: 1024,
    intermediate_size: 4096,
    scores: { MATH500: 28.4, GSM8K: 24.5 },
  },
  {
    name: "MobileLLM-R1 140M",
    repo: "facebook/MobileLLM-R1-140M",
    num_hidden_layers: 15,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    hidden_size: 576,
    intermediate_size: 2048,
    scores: { MATH500: 6.2, GSM8K: 4.1 },
  },
];

/** Whether a name is that of one of them. */
export function isOfFamily(name: string): boolean {
  return name.toLowerCase().includes("mobilellm-r1");
}
