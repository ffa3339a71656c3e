/** Times a loaded model: first token, prompts, decoding at several depths. */

import type { GenerateOptions, Plan, Reckon, Statistics } from "../engine/reckon";
import type { Decode, FirstToken, Memory, Prefill } from "./figures";
import { spread } from "./spread";

/** Tokens of the prompt before the first token. */
const FIRST_PROMPT = 64;
const PROMPTS = [64, 512];
const DEPTHS = [0, 512, 1024];
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
  readonly memory: Memory;
}

/** How it is measured. */
export interface Manner {
  readonly repeat: number;
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
  for (const tokens of PROMPTS.filter((tokens) => tokens <= room)) {
    prefill.push(await bench.prefill(tokens));
  }
  const decode: Decode[] = [];
  for (const depth of DEPTHS.filter((depth) => depth <= room)) {
    decode.push(await bench.decode(depth));
  }
  return { first_token, prefill, decode, memory: bench.memory() };
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
      const last = times.at(-1);
      const positions = (last?.prompt_tokens ?? depth) + TOKENS / 2;
      const bytes_per_token = Math.round(this.plan.weights_bytes + (this.plan.kv_bytes / this.plan.context) * positions);
      return {
        depth: last?.prompt_tokens ?? depth,
        tokens: (last?.completion_tokens ?? 1) - 1,
        tokens_per_s: spread(rates),
        gb_per_s: spread(rates.map((rate) => (rate * bytes_per_token) / 1e9)),
        bytes_per_token,
        dispatches_per_token: last?.dispatches ?? 0,
      };
    } finally {
      await conversation.close();
    }
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
