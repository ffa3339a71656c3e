/** Times a loaded model: first token, prompts, decoding at several depths. */

import type { GenerateOptions, Plan, Reckon, Statistics, TimedDecode, TokenTime } from "../engine/reckon";
import type { BytesPerToken, Decode, FirstToken, Kernels, Memory, Prefill } from "./figures";
import { kernels } from "./kernels";
import { mean, spread } from "./spread";

/** Tokens of the prompt before the first token. */
const FIRST_PROMPT = 64;
/** What is measured where nothing else is asked, as far as the context holds it. */
export const USUAL = { prompts: [64, 512], depths: [0, 512, 1024] } as const;
/** Kernels are timed at this depth, or at the largest one that is smaller. */
const KERNELS_DEPTH = 1024;
/** Tokens that are decoded at once. */
const TOKENS = 32;
/** Tokens that end a turn and are found before it is given up to keep them out. */
const ENDINGS = 8;
/** A text of tokens, whatever the tokenizer. */
const WORDS = " one and two and three and four";

/** What is measured of a model. */
export interface Measured {
  readonly first_token: FirstToken;
  readonly prefill: readonly Prefill[];
  readonly decode: readonly Decode[];
  readonly kernels: Kernels | null;
  readonly memory: Memory;
}

/** How it is measured. */
export interface Manner {
  readonly repeat: number;
  /** Tokens of the prompts, and of those that tokens are decoded after. */
  readonly prompts: readonly number[];
  readonly depths: readonly number[];
  readonly signal: AbortSignal;
  /** Hears what goes on, in words. */
  readonly tell: (words: string) => void;
}

/** Measures `model`, whose plan was `plan`; ends with an error where `signal` says so. */
export async function measure(model: Reckon, plan: Plan, manner: Manner): Promise<Measured> {
  const bench = new Bench(model, plan, manner);
  const room = model.description.context - TOKENS - 1;
  const first_token = await bench.firstToken();
  const prefill: Prefill[] = [];
  for (const tokens of manner.prompts.filter((tokens) => tokens <= room)) {
    prefill.push(await bench.prefill(tokens));
  }
  const decode: Decode[] = [];
  for (const depth of manner.depths.filter((depth) => depth <= room)) {
    decode.push(await bench.decode(depth));
  }
  const depth = Math.max(0, ...decode.map(({ depth }) => depth).filter((depth) => depth <= KERNELS_DEPTH));
  return { first_token, prefill, decode, kernels: await bench.kernels(depth), memory: bench.memory() };
}

class Bench {
  /** What ends a turn, as it was met: it is kept from being chosen. */
  readonly #endings = new Map<number, number>();
  /** The most that was taken. */
  #gpu_bytes = 0;
  #heap_bytes = 0;

  constructor(
    private readonly model: Reckon,
    private readonly plan: Plan,
    private readonly manner: Manner,
  ) {}

  memory(): Memory {
    const { weights_bytes } = this.model.description;
    return { weights_bytes, gpu_bytes: this.#gpu_bytes, heap_bytes: this.#heap_bytes };
  }

  async firstToken(): Promise<FirstToken> {
    const text = await this.#text(FIRST_PROMPT);
    let prompt_tokens = 0;
    const times = await this.#repeated("first token", 1, async () => {
      const asked = performance.now();
      const { first, statistics } = await this.#once(text, 1);
      prompt_tokens = statistics.prompt_tokens;
      return first - asked;
    });
    const [first_ms = Number.NaN, ...others] = times;
    return { prompt_tokens, first_ms, ms: spread(others) };
  }

  async prefill(tokens: number): Promise<Prefill> {
    const text = await this.#text(tokens);
    const times = await this.#repeated(`a prompt of ${tokens} tokens`, 0, async () => (await this.#once(text, 1)).statistics);
    return {
      tokens: times[0]?.prompt_tokens ?? tokens,
      ms: spread(times.map(({ prefill_ms }) => prefill_ms)),
      tokens_per_s: spread(times.map(({ prefill_tokens_per_s }) => prefill_tokens_per_s)),
    };
  }

  async decode(depth: number): Promise<Decode> {
    const text = await this.#text(Math.max(1, depth));
    const conversation = this.model.conversation();
    try {
      // The first time reads the prompt; what ends a turn is met, and left out from then on.
      for (let i = 0; i < ENDINGS && (await this.#run(conversation, text, TOKENS + 1)).hasStopped; i++);
      const times = await this.#repeated(`decoding after ${depth} tokens`, 0, async () => {
        return (await this.#run(conversation, text, TOKENS + 1)).statistics;
      });
      const rates = times.map(({ decode_tokens_per_s }) => decode_tokens_per_s);
      const positions = times.at(-1)?.prompt_tokens ?? depth;
      const tokens = (times.at(-1)?.completion_tokens ?? 1) - 1;
      return { depth: positions, tokens, tokens_per_s: spread(rates), ...(await this.#withoutText(positions, rates)) };
    } finally {
      await conversation.close();
    }
  }

  /** What each kernel takes of a token after `depth` others. */
  async kernels(depth: number): Promise<Kernels | null> {
    this.manner.tell(`kernels of a token after ${depth}`);
    const times = await this.#unlessEnded(this.model.timeKernels(depth, this.manner.repeat));
    return times ? kernels(times, depth) : null;
  }

  /** What only the engine itself can tell of tokens after `depth` others; the page heard them at these rates. */
  async #withoutText(depth: number, rates: readonly number[]): Promise<Omit<Decode, "depth" | "tokens" | "tokens_per_s">> {
    this.manner.tell(`decoding after ${depth} tokens, without text`);
    const timed = await this.#unlessEnded(this.model.timeDecode(depth, TOKENS, this.manner.repeat));
    const bytes_per_token = this.#bytes(depth + TOKENS / 2, timed.traffic);
    const bytes = bytes_per_token.weights + bytes_per_token.kv;
    const each = timed.times.flat();
    const told = (of: (time: TokenTime) => number | undefined) => each.map(of).filter((us) => us !== undefined);
    const [encodes, awaits] = [told(({ encode_us }) => encode_us), told(({ await_us }) => await_us)];
    const isOnGpu = encodes.length > 0;
    return {
      tokens_in_flight: timed.tokens_in_flight,
      engine_tokens_per_s: spread(timed.times.map((times) => 1e3 / mean(times.map(({ ms }) => ms)))),
      gb_per_s: spread(rates.map((rate) => (rate * bytes) / 1e9)),
      bytes_per_token,
      dispatches_per_token: timed.dispatches,
      encode_us: isOnGpu ? spread(encodes) : null,
      await_us: isOnGpu ? spread(awaits) : null,
      mean_encode_us: isOnGpu ? mean(encodes) : null,
      mean_await_us: isOnGpu ? mean(awaits) : null,
    };
  }

  /** Bytes that a token reads that stands after `positions` others. */
  #bytes(positions: number, traffic: TimedDecode["traffic"]): BytesPerToken {
    if (traffic) {
      return { weights: traffic.weights_bytes, kv: traffic.kv_bytes, from: "bound ranges" };
    }
    const { weights_bytes, kv_bytes, context } = this.plan;
    return { weights: weights_bytes, kv: Math.round((kv_bytes / context) * positions), from: "plan" };
  }

  /** What comes of `measuring`, which hears no signal itself. */
  #unlessEnded<T>(measuring: Promise<T>): Promise<T> {
    const { signal } = this.manner;
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      measuring.then(resolve, reject);
    });
  }

  /** Does `act` as often as is asked, and `more` times. */
  async #repeated<T>(what: string, more: number, act: () => Promise<T>): Promise<T[]> {
    const found: T[] = [];
    const times = this.manner.repeat + more;
    while (found.length < times) {
      this.manner.tell(`${what}: ${found.length + 1} of ${times}`);
      found.push(await act());
    }
    return found;
  }

  /** A generation in a conversation of its own. */
  async #once(text: string, max_tokens: number): Promise<Ran> {
    const conversation = this.model.conversation();
    try {
      return await this.#run(conversation, text, max_tokens);
    } finally {
      await conversation.close();
    }
  }

  async #run(conversation: ReturnType<Reckon["conversation"]>, text: string, max_tokens: number): Promise<Ran> {
    const options: GenerateOptions = { max_tokens, sampling: { temperature: 0, logit_bias: this.#endings } };
    let [first, last, hasStopped] = [Number.NaN, 0, false];
    let statistics: Statistics | undefined;
    for await (const step of conversation.generate({ raw: text }, { ...options, signal: this.manner.signal })) {
      statistics = step.statistics;
      if (step.event.kind === "token") {
        first = Number.isNaN(first) ? performance.now() : first;
        last = step.event.id;
      } else if (step.event.kind === "done") {
        hasStopped = step.event.reason === "stop";
      }
    }
    this.manner.signal.throwIfAborted();
    if (hasStopped) {
      this.#endings.set(last, -1e4);
    }
    if (statistics === undefined) {
      throw new Error("the engine told nothing of a generation");
    }
    this.#gpu_bytes = Math.max(this.#gpu_bytes, statistics.gpu_bytes);
    this.#heap_bytes = Math.max(this.#heap_bytes, statistics.heap_bytes);
    return { first, statistics, hasStopped };
  }

  /** A text of about so many tokens, and not more unless it is a single word. */
  async #text(tokens: number): Promise<string> {
    const words = WORDS.repeat(Math.ceil(tokens / 4) + 1).split(/(?= )/);
    let [least, most] = [1, words.length];
    while (least < most) {
      const middle = (least + most + 1) >> 1;
      const found = await this.model.tokenize(words.slice(0, middle).join(""));
      [least, most] = found.length <= tokens ? [middle, most] : [least, middle - 1];
    }
    return words.slice(0, least).join("");
  }
}

/** How a generation went. */
interface Ran {
  /** When the page heard its first token. */
  readonly first: number;
  readonly statistics: Statistics;
  /** Whether the model ended it itself. */
  readonly hasStopped: boolean;
}
