/**
 * Everything that crosses: between page and worker, and between worker and wasm.
 *
 * The shapes of options, events and numbers are those of `crates/engine` and `crates/wasm`; the tests in
 * `tests/browser` hold what really comes against the lists below.
 */

import type { KernelTimes, TimedDecode } from "./timed";

/** Where a model comes from: an address of a `.gguf` or of a Hugging Face folder, a hub, or files a visitor gave. */
export type Source =
  | { readonly url: string }
  | { readonly hub: Hub }
  | { readonly files: readonly GivenFile[] };

/** A repository of a hub that lays its files out as Hugging Face does. */
export interface Hub {
  /** `owner/name`. */
  readonly repo: string;
  /** A branch, a tag or a commit; `main` if left out. */
  readonly revision?: string;
  /** The `.gguf` in it; the Hugging Face folder if left out. */
  readonly file?: string;
  /** `https://huggingface.co` if left out. */
  readonly host?: string;
  /** Proves who asks. It is sent to the hub in a header, and kept nowhere. */
  readonly token?: string;
}

/** A file and its path relative to what was given. */
export interface GivenFile {
  readonly path: string;
  readonly file: File;
}

/** How matrices are held. */
export type Dtype = "f32" | "f16" | "bf16" | "q8" | "q6" | "q4" | "q4_1";

/** What computes: `auto` takes a hardware GPU, else what a short probe shows to be faster. */
export type Device = "auto" | "webgpu" | "cpu";

/** How a model is held; what is left out follows the file, and what would take more than 500 MB so is quantised. */
export interface LoadOptions {
  readonly dtype?: Dtype;
  readonly kv?: "f16" | "f32";
  /** Most positions a conversation may reach. */
  readonly context?: number;
  /** `auto` if left out. */
  readonly device?: Device;
  /** How the processor multiplies activations with quantised weights; `int8` if left out. A GPU takes them as they are. */
  readonly activations?: "int8" | "f32";
  /** Stay within WebGPU's default limits even where the adapter offers more. */
  readonly default_limits?: boolean;
  /**
   * Ask the GPU for its clock, by which kernels are measured.
   *
   * @internal
   */
  readonly timestamps?: boolean;
  /** Keep what was fetched, packed, on this device: the next load with the same source and dtype needs no network. */
  readonly keep?: boolean;
}

/** A model that is kept on this device, whole or in part. */
export interface KeptModel {
  readonly key: string;
  /** A `Source` in JSON. */
  readonly source: string;
  readonly dtype: Dtype | undefined;
  readonly size_bytes: number;
  readonly is_whole: boolean;
}

/** How far loading has come. */
export interface Progress {
  /** `waiting` is for another tab that loads the same model to keep it. */
  readonly stage: "waiting" | "headers" | "weights" | "checking";
  readonly loaded_bytes: number;
  /** Of these, bytes that were kept from an earlier visit. */
  readonly kept_bytes: number;
  /** 0 until the headers are read. */
  readonly total_bytes: number;
  readonly heap_bytes: number;
}

/** What a model will take, told before its first weight is fetched; activations come on top, a few MB. */
export interface Plan {
  readonly download_bytes: number;
  /** Parameters the model has. */
  readonly parameters: number;
  /** How its matrices are held. */
  readonly dtypes: readonly string[];
  readonly weights_bytes: number;
  /** Of a conversation's keys and values once its context is full. */
  readonly kv_bytes: number;
  readonly context: number;
  /** Of the largest buffer that cannot be cut. */
  readonly largest_buffer_bytes: number;
  /** What will compute. */
  readonly device: "webgpu" | "cpu";
  /** Why that, in words; empty where it was asked for by name. */
  readonly why: string;
}

/** What a browser tells of the room there is. */
export interface Room {
  /** Most bytes of a GPU buffer, where there is a GPU. */
  readonly buffer_bytes?: number;
  /** Of the device, roughly; some browsers keep it to themselves, and some say 8 GB for all that is more. */
  readonly memory_bytes?: number;
  /** Left of what the browser lets this site keep. */
  readonly storage_bytes?: number;
}

/** A plan held against the room there is. What cannot fit is refused instead. */
export interface Prospect extends Plan {
  readonly room: Room;
  readonly verdict: "fits" | "tight";
}

/** What was loaded, and what it takes. */
export interface Description {
  /** What computes. */
  readonly device: "webgpu" | "cpu";
  /** Why that, in words; empty where it was asked for by name. */
  readonly why: string;
  /** The GPU, as its driver names it, or the processor and its instructions. */
  readonly adapter: string;
  readonly software_adapter: boolean;
  readonly kv: string;
  readonly context: number;
  readonly vocab_size: number;
  readonly weights_bytes: number;
  readonly gpu_bytes: number;
  readonly heap_bytes: number;
  /** What the loader did to the weights that a person should know. */
  readonly notes: readonly string[];
}

/** One turn of a conversation. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A conversation for the model's chat template, or text as it stands. */
export type Prompt = { readonly chat: readonly Message[] } | { readonly raw: string };

/** How a token is chosen; what is left out is the engine's default. */
export interface Sampling {
  /** 0 is greedy. */
  readonly temperature?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly min_p?: number;
  readonly repetition_penalty?: number;
  /** Added to logits, by token id. */
  readonly logit_bias?: ReadonlyMap<number, number>;
  readonly seed?: number;
}

/** How to generate. */
export interface GenerateOptions {
  readonly max_tokens?: number;
  /** Most tokens of thinking: the model is made to answer after them. */
  readonly max_reasoning_tokens?: number;
  /** Tell each token's log probability, and those of so many of the likeliest in its place: 0 to 20. */
  readonly logprobs?: number;
  readonly sampling?: Sampling;
  readonly stop?: readonly string[];
  /** The day a chat template may name, ISO 8601 without an offset; the visitor's own where it is left out. */
  readonly date?: string;
}

/** A stretch of text, thinking told from answer. */
export type Part =
  | { readonly channel: "thinking" | "answer"; readonly text: string }
  /** All that came as the answer so far was thinking: its end came, and nothing had told its beginning. */
  | { readonly channel: "answer_was_thinking" };

/** How likely the model held a token for, before any sampling. */
export interface TokenLogprob {
  readonly token: string;
  /** What it is in UTF-8; a token may be a part of a character. */
  readonly bytes: readonly number[];
  /** Natural logarithm. */
  readonly logprob: number;
}

/** A generated token, and the likeliest ones in its place. */
export interface ChosenLogprob extends TokenLogprob {
  readonly top: readonly TokenLogprob[];
}

/** Why a generation ended. */
export type FinishReason = "stop" | "length" | "context" | "memory" | "abort";

/** What a generation says: one `prompt`, any number of `token`, one `done`. */
export type ModelEvent =
  | { readonly kind: "prompt"; readonly tokens: number; readonly cached: number }
  | {
      readonly kind: "token";
      readonly id: number;
      readonly text: string;
      readonly parts: readonly Part[];
      /** Where `logprobs` were asked for, and the token was not put there to end the thinking. */
      readonly logprob?: ChosenLogprob;
    }
  | {
      readonly kind: "done";
      readonly reason: FinishReason;
      readonly text: string;
      readonly parts: readonly Part[];
      readonly prompt_tokens: number;
      readonly completion_tokens: number;
      readonly reasoning_tokens: number;
    };

/** A generation in numbers, up to now. */
export interface Statistics {
  readonly prompt_tokens: number;
  readonly cached_tokens: number;
  readonly completion_tokens: number;
  readonly reasoning_tokens: number;
  readonly prefill_ms: number;
  readonly decode_ms: number;
  readonly prefill_tokens_per_s: number;
  readonly decode_tokens_per_s: number;
  readonly dispatches: number;
  readonly heap_bytes: number;
  readonly gpu_bytes: number;
}

/** What kind of fault it is; the page chooses its advice by it. */
export type FaultCode = "aborted" | "files" | "gated" | "model" | "options" | "context" | "gpu" | "memory" | "state" | "defect";

/** An error on its way through a message. */
export interface Fault {
  readonly code: FaultCode;
  readonly message: string;
}

/** A call from the page; `call` is its number, and every reply carries it. */
export type Request =
  | { readonly call: number; readonly ask: "load"; readonly source: Source; readonly options: LoadOptions }
  | {
      readonly call: number;
      readonly ask: "generate";
      readonly session: number;
      readonly prompt: Prompt;
      readonly options: GenerateOptions;
    }
  | { readonly call: number; readonly ask: "logits"; readonly tokens: Uint32Array; readonly prefill?: number }
  | { readonly call: number; readonly ask: "tokenize"; readonly prompt: Prompt }
  | { readonly call: number; readonly ask: "describe" }
  | { readonly call: number; readonly ask: "time-decode"; readonly positions: number; readonly tokens: number; readonly repeat: number }
  | { readonly call: number; readonly ask: "time-kernels"; readonly positions: number; readonly samples: number }
  | { readonly call: number; readonly ask: "kept" }
  | { readonly call: number; readonly ask: "forget"; readonly key: string }
  | { readonly call: number; readonly ask: "lose-device" }
  /** The answer to a plan: whether the load of number `what` goes on. */
  | { readonly call: number; readonly ask: "proceed"; readonly what: number; readonly goes: boolean }
  /** Ends the call of number `what`: a load or a generation. */
  | { readonly call: number; readonly ask: "abort"; readonly what: number }
  /** Ends the thinking of the generation of number `what`: it answers from there on. */
  | { readonly call: number; readonly ask: "answer-now"; readonly what: number }
  | { readonly call: number; readonly ask: "close-session"; readonly session: number };

/** A reply from the worker: any number of `progress` or `event`, one `plan` where a model is loaded, then one `result` or `fault`. */
export type Reply =
  | { readonly call: number; readonly tell: "progress"; readonly progress: Progress }
  | { readonly call: number; readonly tell: "plan"; readonly plan: Prospect }
  | {
      readonly call: number;
      readonly tell: "event";
      readonly event: ModelEvent;
      readonly statistics: Statistics;
    }
  | { readonly call: number; readonly tell: "result"; readonly result: Result }
  | { readonly call: number; readonly tell: "fault"; readonly fault: Fault }
  /** Nothing of the worker works any more. */
  | { readonly tell: "broken"; readonly fault: Fault };

/** What a call ends with. */
export type Result = Description | Float32Array | Uint32Array | KeptModel[] | TimedDecode | KernelTimes | void;
