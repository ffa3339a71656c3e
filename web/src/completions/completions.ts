/** Requests in OpenAI's shapes, answered by the engine. */

import { AbortError } from "../engine/error";
import type { ChosenLogprob, Statistics } from "../engine/messages";
import type { Reckon } from "../engine/reckon";
import { Answer, finishReason, type Told } from "./answer";
import type { Place, Places } from "./places";
import { type Asked, asked } from "./request";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionChunkChoice,
  ChatCompletionCreateParams,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionDelta,
  ChatCompletionTokenLogprob,
  ChoiceLogprobs,
  RequestOptions,
} from "./shapes";
import { CompletionStream } from "./stream";

const ENDED = "the request was ended";

/** What all pieces of one completion have in common. */
type Head = Pick<ChatCompletion, "id" | "created" | "model" | "system_fingerprint">;

/** A completion under way. */
interface Run {
  readonly request: Asked;
  readonly place: Place;
  readonly answer: Answer;
  readonly controller: AbortController;
  /** Lets go of the caller's signal. */
  readonly release: () => void;
}

/** Completions of one engine: `engine.chat.completions`. */
export class Completions {
  #last: Statistics | undefined;
  readonly #engine: Reckon;
  readonly #places: Places;
  readonly #model: string;

  /** @internal */
  constructor(engine: Reckon, places: Places, model: string) {
    this.#engine = engine;
    this.#places = places;
    this.#model = model;
  }

  /**
   * The last generation in numbers.
   *
   * @internal
   */
  get statistics(): Statistics | undefined {
    return this.#last;
  }

  /**
   * Answers a conversation, as a whole or, with `stream: true`, piece by piece. A request that continues an earlier one
   * pays for what is new alone; one that finds every conversation busy waits for its turn.
   *
   * Thinking is `reasoning_content`, told from the answer as it comes. A model that begins to think without saying so, or
   * thinks on after it was made to answer, is found out when it closes that: the message as a whole is then right, and so
   * is the usage, but a stream has told those words as `content`.
   *
   * @throws {@link OptionsError} by name, where something is not known, not supported or out of range.
   * @throws {@link ContextError} where the conversation is longer than the context.
   * @throws {@link AbortError} where `signal` ended it; a stream that has begun ends without an error.
   * @example
   * ```ts
   * const { choices, usage } = await engine.chat.completions.create({
   *   messages: [{ role: "user", content: "What is 47 × 6?" }],
   *   reasoning: { max_tokens: 500 },
   * });
   * console.log(choices[0]?.message.content, usage.completion_tokens_details.reasoning_tokens);
   * ```
   */
  create(request: ChatCompletionCreateParamsNonStreaming, options?: RequestOptions): Promise<ChatCompletion>;
  /** The same, piece by piece. */
  create(request: ChatCompletionCreateParamsStreaming, options?: RequestOptions): Promise<CompletionStream>;
  /** The same, in the way that `stream` says. */
  create(request: ChatCompletionCreateParams, options?: RequestOptions): Promise<ChatCompletion | CompletionStream>;
  async create(
    params: ChatCompletionCreateParams,
    options: RequestOptions = {},
  ): Promise<ChatCompletion | CompletionStream> {
    const request = asked(params, this.#model);
    const signal = options.signal ?? request.signal;
    const place = await this.#places.take(request.chat, signal);
    const controller = new AbortController();
    const run = { request, place, answer: new Answer(), controller, release: follow(signal, controller) };
    return request.isStreamed ? this.#stream(run) : this.#whole(run);
  }

  async #whole(run: Run): Promise<ChatCompletion> {
    const { answer, request } = run;
    await this.#run(run, () => undefined);
    const [finish_reason, usage] = [answer.done && finishReason(answer.done), answer.usage()];
    if (finish_reason === undefined || usage === undefined) {
      throw new AbortError(ENDED);
    }
    const { reasoning, content } = answer.told;
    const thinking = reasoning === "" ? {} : { reasoning_content: reasoning };
    const message = { role: "assistant" as const, content, ...thinking, refusal: null };
    const logprobs = request.options.logprobs === undefined ? null : likelihoods(answer.told);
    return {
      ...this.#head(),
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason, logprobs }],
      usage,
    };
  }

  /** Resolves once the prompt is taken, so that a request that cannot be answered rejects here and not in the loop. */
  async #stream(run: Run): Promise<CompletionStream> {
    const { answer, controller, place, request } = run;
    const head = this.#head();
    let sink!: ReadableStreamDefaultController<ChatCompletionChunk>;
    const chunks = new ReadableStream<ChatCompletionChunk>({ start: (given) => void (sink = given) });
    const usage = request.includesUsage ? { usage: null } : {};
    const tell = (delta: ChatCompletionDelta, rest: Partial<ChatCompletionChunkChoice> = {}) => {
      const choice = { index: 0 as const, delta, finish_reason: null, logprobs: null, ...rest };
      sink.enqueue({ ...head, object: "chat.completion.chunk", choices: [choice], ...usage });
    };
    let begin!: () => void;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const hear = (told: Told) => {
      begin();
      const { delta, logprobs } = piece(told);
      if (delta !== undefined) {
        tell(delta, { logprobs });
      }
    };
    tell({ role: "assistant", content: "" });
    let isRunning = true;
    const ended = this.#run(run, hear).finally(() => (isRunning = false));
    const closed = ended.then(
      () => {
        const [finish_reason, counted] = [answer.done && finishReason(answer.done), answer.usage()];
        if (finish_reason !== undefined) {
          tell({}, { finish_reason });
          if (counted && request.includesUsage) {
            sink.enqueue({ ...head, object: "chat.completion.chunk", choices: [], usage: counted });
          }
        }
        sink.close();
      },
      (error: unknown) => (error instanceof AbortError && controller.signal.aborted ? sink.close() : sink.error(error)),
    );
    closed.catch(() => undefined);
    await Promise.race([begun, ended]);
    if (answer.done?.reason === "abort") {
      throw new AbortError(ENDED);
    }
    // Afterwards the timeline may be another request's.
    return new CompletionStream(chunks, controller, () => isRunning && place.conversation.answerNow());
  }

  /** Runs a generation to its end, telling what each step adds; the timeline is free afterwards. */
  async #run({ request, place, answer, controller, release }: Run, hear: (told: Told) => void): Promise<void> {
    const { chat, options } = request;
    const { signal } = controller;
    try {
      for await (const { event, statistics } of place.conversation.generate({ chat }, { ...options, signal })) {
        this.#last = statistics;
        hear(answer.take(event));
      }
    } finally {
      release();
      this.#places.give(place, [...chat, { role: "assistant", content: answer.told.content }]);
    }
  }

  #head(): Head {
    const { device, weights_bytes } = this.#engine.description;
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return {
      id: `chatcmpl-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`,
      created: Math.floor(Date.now() / 1000),
      model: this.#model,
      system_fingerprint: `reckon-${device}-${weights_bytes.toString(36)}`,
    };
  }
}

/** Lets the controller follow a signal; what is given back ends that. */
function follow(signal: AbortSignal | undefined, controller: AbortController): () => void {
  const abort = () => controller.abort();
  if (signal?.aborted) {
    abort();
  }
  signal?.addEventListener("abort", abort, { once: true });
  return () => signal?.removeEventListener("abort", abort);
}

/** What a step adds, as a delta; nothing where it adds nothing. */
function piece(told: Told): { delta?: ChatCompletionDelta; logprobs: ChoiceLogprobs | null } {
  const { reasoning, content, reasoningTokens, contentTokens } = told;
  const hasTokens = reasoningTokens.length + contentTokens.length > 0;
  const logprobs = hasTokens ? likelihoods(told) : null;
  if (reasoning === "" && content === "" && !hasTokens) {
    return { logprobs };
  }
  const thinking = reasoning === "" ? {} : { reasoning_content: reasoning };
  return { delta: { ...thinking, ...(content === "" ? {} : { content }) }, logprobs };
}

function likelihoods({ contentTokens, reasoningTokens }: Told): ChoiceLogprobs {
  return { content: contentTokens.map(likelihood), reasoning_content: reasoningTokens.map(likelihood), refusal: null };
}

function likelihood({ token, bytes, logprob, top }: ChosenLogprob): ChatCompletionTokenLogprob {
  const others = top.map(({ token, bytes, logprob }) => ({ token, bytes: [...bytes], logprob }));
  return { token, bytes: [...bytes], logprob, top_logprobs: others };
}
