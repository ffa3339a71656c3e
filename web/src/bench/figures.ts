/** What the page finds, as its JSON tells it. `tests/runs/README.md` documents it. */

import type { Description } from "../engine/reckon";
import type { Spread } from "./spread";

/** What the object is called, and its version: 1 more with each change that a reader of the last one would not understand. */
export const FORMAT = { format: "reckon-bench-page", version: 1 } as const;

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
  readonly tokens_per_s: Spread;
  /** Bytes a token times tokens a second. */
  readonly gb_per_s: Spread;
  /** By the plan: weights, and keys and values up to the depth. */
  readonly bytes_per_token: number;
  /** 0 where the processor computes. */
  readonly dispatches_per_token: number;
}

/** The most that was taken, of all generations. */
export interface Memory {
  readonly weights_bytes: number;
  readonly gpu_bytes: number;
  readonly heap_bytes: number;
}
