/** What the page finds, as its JSON tells it. `tests/runs/README.md` documents it. */

import type { Description } from "../engine/reckon";
import type { Spread } from "./spread";

/** What the object is called, and its version: 1 more with each change that a reader of the last one would not understand. */
export const FORMAT = { format: "reckon-bench-page", version: 2 } as const;

/** One model in one browser. */
export interface Figures {
  readonly format: typeof FORMAT.format;
  readonly version: typeof FORMAT.version;
  /** When it began, in UTC. */
  readonly at: string;
  /** Version of Reckon. */
  readonly reckon: string;
  readonly browser: Browser;
  readonly model: { readonly name: string; readonly dtypes: readonly string[] };
  /** What computes, and what it takes. */
  readonly device: Description;
  /** How often each figure was measured. */
  readonly repeat: number;
  readonly load_ms: number;
  readonly first_token: FirstToken;
  readonly prefill: readonly Prefill[];
  readonly decode: readonly Decode[];
  /** Nothing where the processor computes. */
  readonly kernels: Kernels | null;
  readonly memory: Memory;
}

export interface Browser {
  readonly user_agent: string;
  readonly platform: string;
  readonly processors: number;
  /** Of the device, roughly, where the browser tells. */
  readonly memory_gb?: number;
}

/** From a question to the first token as the page hears it, in a new conversation. */
export interface FirstToken {
  readonly prompt_tokens: number;
  /** The first time after loading. */
  readonly first_ms: number;
  readonly ms: Spread;
}

/** A prompt of which nothing is cached, up to the first token. */
export interface Prefill {
  readonly tokens: number;
  readonly ms: Spread;
  readonly tokens_per_s: Spread;
}

/** Tokens, one after the other, greedily. */
export interface Decode {
  /** Tokens of the prompt before them. */
  readonly depth: number;
  readonly tokens: number;
  readonly tokens_in_flight: number;
  /** As the page hears them. */
  readonly tokens_per_s: Spread;
  /** Without text and messages, as `reckon bench` decodes. */
  readonly engine_tokens_per_s: Spread;
  /** Bytes a token times tokens a second that the page hears. */
  readonly gb_per_s: Spread;
  readonly bytes_per_token: BytesPerToken;
  /** 0 where the processor computes. */
  readonly dispatches_per_token: number;
  /** Of every token, without text: until the GPU has its work, or that of a token ahead. */
  readonly encode_us: Spread | null;
  /** Of every token, without text: from there until it is back. */
  readonly await_us: Spread | null;
  /** A browser's clock has large steps, and a mean has not. */
  readonly mean_encode_us: number | null;
  readonly mean_await_us: number | null;
}

/** What a token reads, without activations. */
export interface BytesPerToken {
  readonly weights: number;
  readonly kv: number;
  /** Summed from what the recorded dispatches bind, or by the plan. */
  readonly from: "bound ranges" | "plan";
}

/** What each kernel takes. */
export interface Kernels {
  /** Positions before the token. */
  readonly depth: number;
  /** The GPU's own clock, or the host's over many dispatches. */
  readonly timed_by: "timestamps" | "wall time";
  /** The ceiling: bytes read and written in a second by a kernel that only copies. */
  readonly copy_gb_per_s: Spread;
  readonly copy_bytes: number;
  readonly kernels: readonly Kernel[];
}

/** What one kernel takes in one shape. */
export interface Kernel {
  readonly kernel: string;
  /** What it is for. */
  readonly of: string;
  readonly shape: string;
  /** In a token. */
  readonly dispatches: number;
  /** Of one dispatch: weights, or keys and values. */
  readonly bytes: number;
  /** Of one dispatch. */
  readonly us: Spread;
  /** Of all of a token's. */
  readonly us_per_token: number;
  readonly gb_per_s: number;
  /** Of the copy's bandwidth. */
  readonly percent_of_copy: number;
}

/** The most that was taken, of all generations. */
export interface Memory {
  readonly weights_bytes: number;
  readonly gpu_bytes: number;
  readonly heap_bytes: number;
  /** The process's most, where no browser is in it. */
  readonly peak_rss_bytes?: number;
}
