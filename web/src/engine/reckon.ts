/**
 * The engine as a page sees it: a model is loaded, a conversation is asked, events come one by one.
 *
 * ```ts
 * const model = await Reckon.load({ url: "models/model.gguf" }, { onProgress: console.log });
 * const conversation = model.conversation();
 * for await (const { event } of conversation.generate({ chat: [{ role: "user", content: "2 + 2?" }] })) {
 *   console.log(event);
 * }
 * ```
 */

import { Channel } from "./channel";
import type {
  Description,
  GenerateOptions,
  KeptModel,
  LoadOptions,
  Message,
  ModelEvent,
  Progress,
  Prompt,
  Prospect,
  Source,
  Statistics,
} from "./messages";
import type { KernelTimes, TimedDecode } from "./timed";

/** A load that was told to stop and has not stopped by itself is stopped by force. */
const GRACE_MS = 50;

/** What may accompany loading. */
export interface LoadExtras extends LoadOptions {
  /** Ends the loading; it then rejects with an error of code `aborted`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Hears, once, what the model will take; no weight is fetched before it resolves. `false` ends the loading. */
  readonly onPlan?: (plan: Prospect) => boolean | void | Promise<boolean | void>;
}

/** What may accompany a generation. */
export interface GenerateExtras extends GenerateOptions {
  /** Ends the generation: its last event then is `done` with reason `abort`. */
  readonly signal?: AbortSignal;
}

/** An event and the numbers up to it. */
export interface Step {
  readonly event: ModelEvent;
  readonly statistics: Statistics;
}

/** A loaded model, in a worker of its own. */
export class Reckon {
  /** A worker that was started ahead of the call it is for. */
  static #ahead: Channel | undefined;
  #sessions = 0;

  private constructor(
    private readonly channel: Channel,
    /** What was loaded, and what it takes. */
    readonly description: Description,
  ) {}

  /** Starts the engine ahead of a call that is sure to come: its module is then here, or on its way, when that comes. */
  static prepare(): void {
    Reckon.#ahead ??= new Channel();
  }

  static #channel(): Channel {
    const channel = Reckon.#ahead ?? new Channel();
    Reckon.#ahead = undefined;
    return channel;
  }

  /** Loads a model. */
  static async load(source: Source, { signal, onProgress, onPlan, ...options }: LoadExtras = {}): Promise<Reckon> {
    const channel = Reckon.#channel();
    let hasEnded = false;
    // Compiling and checking kernels hears no signal: the worker itself is ended then.
    const end = () => setTimeout(() => hasEnded || channel.close("loading was stopped"), GRACE_MS);
    const proceed = async (plan: Prospect) => {
      const goes = (await onPlan?.(plan)) !== false;
      await channel.call({ ask: "proceed", what: call.number, goes }).result;
    };
    const call = channel.call({ ask: "load", source, options }, (reply) => {
      if (reply.tell === "progress") {
        onProgress?.(reply.progress);
      } else if (reply.tell === "plan") {
        proceed(reply.plan).catch((thrown: unknown) => channel.close(String(thrown)));
      }
    });
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) {
      end();
    }
    try {
      const description = await channel.abortable(call, signal);
      return new Reckon(channel, description as Description);
    } catch (error) {
      channel.close();
      throw error;
    } finally {
      hasEnded = true;
      signal?.removeEventListener("abort", end);
    }
  }

  /** The models that are kept on this device. */
  static async kept(): Promise<KeptModel[]> {
    return (await Reckon.#once({ ask: "kept" })) as KeptModel[];
  }

  /** Deletes a model that is kept on this device. */
  static async forget(key: string): Promise<void> {
    await Reckon.#once({ ask: "forget", key });
  }

  /** A call that needs no model. */
  static async #once(ask: Parameters<Channel["call"]>[0]): Promise<unknown> {
    const channel = Reckon.#channel();
    try {
      return await channel.call(ask).result;
    } finally {
      channel.close();
    }
  }

  /** A new conversation; it keeps what it has computed until it is closed. */
  conversation(): Conversation {
    return new Conversation(this.channel, ++this.#sessions);
  }

  /** Token ids of a text, or of a conversation up to where the model would answer. */
  async tokenize(text: string | readonly Message[]): Promise<Uint32Array> {
    const prompt = typeof text === "string" ? { raw: text } : { chat: text };
    return (await this.channel.call({ ask: "tokenize", prompt }).result) as Uint32Array;
  }

  /** What it takes now. */
  async describe(): Promise<Description> {
    return (await this.channel.call({ ask: "describe" }).result) as Description;
  }

  /** Logits of every position, (T, V): the first `prefill` tokens at once, the rest one by one; for tests. */
  async logits(tokens: Uint32Array, prefill?: number): Promise<Float32Array> {
    const asked = prefill === undefined ? { tokens } : { tokens, prefill };
    return (await this.channel.call({ ask: "logits", ...asked }).result) as Float32Array;
  }

  /** Decodes `tokens` tokens after `positions` others, `repeat` times over, without text; nothing need stand before them. */
  async timeDecode(positions: number, tokens: number, repeat: number): Promise<TimedDecode> {
    return (await this.channel.call({ ask: "time-decode", positions, tokens, repeat }).result) as TimedDecode;
  }

  /** Times every kernel of a token after `positions` others; nothing where the processor computes. */
  async timeKernels(positions: number, samples: number): Promise<KernelTimes | undefined> {
    return (await this.channel.call({ ask: "time-kernels", positions, samples }).result) as KernelTimes | undefined;
  }

  /** Takes the GPU away, as a driver's reset would; for tests of what follows. */
  async loseDevice(): Promise<void> {
    await this.channel.call({ ask: "lose-device" }).result;
  }

  /** Ends the worker; all memory is given back. */
  dispose(): void {
    this.channel.close();
  }
}

/** One timeline of a model: what a prompt shares with the last one is not computed again. */
export class Conversation {
  /** The number of the generation that runs. */
  #running: number | undefined;

  /** @internal */
  constructor(
    private readonly channel: Channel,
    private readonly session: number,
  ) {}

  /**
   * Generates after `prompt`, one step at a time. Leaving the loop ends the generation.
   *
   * @param prompt - A conversation, or text as it stands.
   * @param options - How to generate; what is left out is the engine's default.
   */
  async *generate(prompt: Prompt, { signal, ...options }: GenerateExtras = {}): AsyncGenerator<Step, void, void> {
    const steps: Step[] = [];
    let wake = () => {};
    const call = this.channel.call({ ask: "generate", session: this.session, prompt, options }, (reply) => {
      if (reply.tell === "event") {
        steps.push({ event: reply.event, statistics: reply.statistics });
        wake();
      }
    });
    this.#running = call.number;
    let ended = false;
    const result = this.channel.abortable(call, signal).finally(() => {
      ended = true;
      this.#running = this.#running === call.number ? undefined : this.#running;
      wake();
    });
    // Whoever leaves the loop early has no interest in how the call ends.
    result.catch(() => undefined);
    try {
      for (;;) {
        const step = steps.shift();
        if (step) {
          yield step;
        } else if (ended) {
          await result;
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      if (!ended) {
        this.channel.abort(call.number);
        await result.catch(() => undefined);
      }
    }
  }

  /** Ends the thinking of the generation that runs: the model answers from there on. Does nothing where it answers already. */
  answerNow(): void {
    if (this.#running !== undefined) {
      this.channel.call({ ask: "answer-now", what: this.#running }).result.catch(() => undefined);
    }
  }

  /** Gives its place in memory back. */
  async close(): Promise<void> {
    await this.channel.call({ ask: "close-session", session: this.session }).result;
  }
}

export * from "./error";
export type * from "./messages";
export type * from "./timed";
