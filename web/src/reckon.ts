/**
 * Reckon: a language model that thinks in the reader's browser tab, through WebGPU or on the processor, without a server.
 *
 * ```ts
 * import { Reckon } from "reckon";
 *
 * const engine = await Reckon.load("reckon-mini");
 * const stream = await engine.chat.completions.create({
 *   messages: [{ role: "user", content: "What is 47 × 6?" }],
 *   stream: true,
 * });
 * for await (const { choices } of stream) {
 *   const { reasoning_content, content } = choices[0]?.delta ?? {};
 *   console.log(reasoning_content ?? content);
 * }
 * engine.dispose();
 * ```
 *
 * Requests and answers have OpenAI's shapes; every error is a {@link ReckonError} with a stable `name` and `code`.
 *
 * @packageDocumentation
 */

import { conversation } from "./completions/chat";
import { Completions } from "./completions/completions";
import { Places } from "./completions/places";
import type { ChatCompletionMessageParam } from "./completions/shapes";
import { CompletionStream } from "./completions/stream";
import { OptionsError } from "./engine/error";
import type { Description, KeptModel, Source, Statistics } from "./engine/messages";
import { admitted, named, type Place } from "./engine/place";
import { Conversation, type LoadExtras, Reckon as Engine } from "./engine/reckon";

/** What may accompany loading. */
export interface ReckonOptions extends LoadExtras {
  /** Proves to a hub who asks, where a repository is gated. It is sent to that hub in a header, and kept nowhere. */
  readonly token?: string;
  /** Most conversations that are held at once, each with its keys and values: a further request waits. 2 if left out. */
  readonly conversations?: number;
}

/** What an engine takes now, and how its last generation went. */
export interface Stats {
  readonly description: Description;
  /** Of the last completion, up to now; `undefined` before the first. */
  readonly generation: Statistics | undefined;
}

/** The model that is part of this package. */
const EMBEDDED = "reckon-mini";
const CONVERSATIONS = 2;

/**
 * A loaded model, in a worker of its own.
 *
 * @group Reckon
 */
export class Reckon {
  /** Completions in OpenAI's shapes. */
  readonly chat: { readonly completions: Completions };
  /** What was loaded, and what it took then; {@link Reckon.stats} tells what it takes now. */
  readonly description: Description;
  /** What it was loaded by: `model` of every completion. */
  readonly model: string;
  readonly #engine: Engine;

  private constructor(engine: Engine, model: string, conversations: number) {
    this.#engine = engine;
    this.description = engine.description;
    this.model = model;
    const places = new Places(() => engine.conversation(), conversations);
    this.chat = { completions: new Completions(engine, places, model) };
  }

  /**
   * Loads a model.
   *
   * @param model - `"reckon-mini"`, the 4 MB model in this package; `owner/name`, `owner/name@revision` or
   * `owner/name:file.gguf` of https://huggingface.co; the address or path of a `.gguf`, or of a folder with `config.json`
   * and safetensors, relative to the page; or a {@link Source}, for another hub or for files that a visitor gave.
   * @param options - How it is held, what computes, and who hears of it. What is fetched is kept in the browser for the
   * next visit unless `keep` is `false`.
   * @throws {@link AbortError} where `signal` or `onPlan` ended it.
   * @throws {@link FilesError} where a file is missing or cannot be reached.
   * @throws {@link GatedError} where a hub wants a token, or another one.
   * @throws {@link ModelError} where the files are no model, or none that is supported.
   * @throws {@link OptionsError} where an option is not known or out of range.
   * @throws {@link GpuError} where WebGPU was asked for by name and there is none, or the model does not fit it.
   * @throws {@link MemoryError} where the model does not fit the tab.
   * @example
   * ```ts
   * const engine = await Reckon.load("facebook/MobileLLM-R1-360M", {
   *   token,
   *   dtype: "q8",
   *   onProgress: ({ loaded_bytes, total_bytes }) => (bar.value = loaded_bytes / total_bytes),
   *   onPlan: ({ download_bytes }) => confirm(`Fetch ${Math.round(download_bytes / 1e6)} MB?`),
   * });
   * ```
   */
  static async load(model: string | Source, options: ReckonOptions = {}): Promise<Reckon> {
    const { token, conversations = CONVERSATIONS, ...extras } = options;
    if (!Number.isInteger(conversations) || conversations < 1) {
      throw new OptionsError(`conversations: ${conversations}; expected a whole number from 1 on`);
    }
    const { source, name } = typeof model === "string" ? place(model) : { source: model, name: title(model) };
    if (token !== undefined && !("hub" in source)) {
      throw new OptionsError("token: it is for a hub, and the model is not on one; leave it out");
    }
    // What lies in the package is here already, and files that were given are there to be given again.
    const keep = model !== EMBEDDED && !("files" in source);
    const engine = await Engine.load(token === undefined ? source : admitted(source, token), { keep, ...extras });
    return new Reckon(engine, name, conversations);
  }

  /** Starts the engine ahead of a load that is sure to come: its module is then here, or on its way. */
  static prepare(): void {
    Engine.prepare();
  }

  /** The models that are kept in this browser for this site. */
  static kept(): Promise<KeptModel[]> {
    return Engine.kept();
  }

  /** Deletes a model that is kept in this browser, by its `key`. */
  static forget(key: string): Promise<void> {
    return Engine.forget(key);
  }

  /**
   * Token ids of a text as it stands, or of a conversation up to where the model would answer: as many as
   * `usage.prompt_tokens` of the same messages.
   */
  async tokenize(text: string | readonly ChatCompletionMessageParam[]): Promise<Uint32Array> {
    return this.#engine.tokenize(typeof text === "string" ? text : conversation(text));
  }

  /** What the engine takes now, in bytes, and the last completion in numbers. */
  async stats(): Promise<Stats> {
    return { description: await this.#engine.describe(), generation: this.chat.completions.statistics };
  }

  /** A conversation of its own in the engine's events: for what OpenAI's shapes do not tell. Close it when it is over. */
  conversation(): Conversation {
    return this.#engine.conversation();
  }

  /** Ends the worker and gives all memory back; what runs rejects with an {@link AbortError}. */
  dispose(): void {
    this.#engine.dispose();
  }
}

/** Where the model of that name lies. */
function place(model: string): Place {
  if (model === EMBEDDED) {
    return { source: { url: new URL("../embedded/reckon-mini.gguf", import.meta.url).href }, name: model };
  }
  try {
    return { source: named(model, new URL(location.href)).source, name: model };
  } catch {
    throw new OptionsError(
      `model: ${JSON.stringify(model)} is no address; expected owner/name of a hub, an address or path of a .gguf or of ` +
        `a folder, or ${JSON.stringify(EMBEDDED)}`,
    );
  }
}

/** What a source is called. */
function title(source: Source): string {
  if ("files" in source) {
    return source.files[0]?.path ?? "files";
  }
  return "url" in source ? source.url : source.hub.repo;
}

export type * from "./completions/shapes";
export {
  AbortError,
  ContextError,
  DefectError,
  FilesError,
  GatedError,
  GpuError,
  MemoryError,
  ModelError,
  OptionsError,
  ReckonError,
  StateError,
} from "./engine/error";
export type {
  ChosenLogprob,
  Description,
  Device,
  Dtype,
  Fault,
  FaultCode,
  FinishReason,
  GenerateOptions,
  GivenFile,
  Hub,
  KeptModel,
  LoadOptions,
  Message,
  ModelEvent,
  Part,
  Plan,
  Progress,
  Prompt,
  Prospect,
  Room,
  Sampling,
  Source,
  Statistics,
  TokenLogprob,
} from "./engine/messages";
export type { GenerateExtras, LoadExtras, Step } from "./engine/reckon";
export { CompletionStream, Completions, Conversation };
