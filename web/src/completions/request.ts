/** What a request asks for, in the engine's words. */

import { OptionsError } from "../engine/error";
import type { GenerateOptions, Message, Sampling } from "../engine/messages";
import { conversation } from "./chat";
import { isAbsent, refuseOthers, refuseUnsupported, shown } from "./refusals";
import type { ChatCompletionCreateParams } from "./shapes";

/** A request that was read. */
export interface Asked {
  readonly chat: readonly Message[];
  readonly options: GenerateOptions;
  readonly isStreamed: boolean;
  readonly includesUsage: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The range of a number, and what it is called where it is found outside. */
interface Range {
  readonly least: number;
  readonly most?: number;
  readonly isWhole?: boolean;
}

/** Most of the likeliest tokens that are told in a token's place. */
const MOST_TOP_LOGPROBS = 20;
const COUNT: Range = { least: 1, most: 2 ** 32 - 1, isWhole: true };
const ANY: Range = { least: -Infinity };

/** Reads a request to the engine that was loaded by `model`. Throws, by name, where something is not supported. */
export function asked(request: ChatCompletionCreateParams, model: string): Asked {
  if (typeof request !== "object" || request === null) {
    throw new OptionsError(`the request is ${shown(request)}; expected { messages: [...] }`);
  }
  const {
    messages, model: named, stream, stream_options, signal, reasoning,
    temperature, top_p, top_k, min_p, repetition_penalty, seed, logit_bias,
    max_tokens, max_completion_tokens, stop, logprobs, top_logprobs, ...rest
  } = request;
  refuseUnsupported(rest);
  if (!isAbsent(named) && named !== model) {
    throw new OptionsError(`model: ${shown(named)}; this engine was loaded with ${shown(model)}, leave it out`);
  }
  const { max_tokens: thinking, ...otherReasoning } = reasoning ?? {};
  refuseOthers(otherReasoning, "reasoning");
  const sampling: Sampling = present({
    temperature: number("temperature", temperature, { least: 0 }),
    top_p: number("top_p", top_p, { least: 0, most: 1 }),
    top_k: number("top_k", top_k, COUNT),
    min_p: number("min_p", min_p, { least: 0, most: 1 }),
    repetition_penalty: number("repetition_penalty", repetition_penalty, { least: 0 }),
    logit_bias: isAbsent(logit_bias) ? undefined : bias(logit_bias),
    // As everywhere else, who asks twice may hear two answers.
    seed: number("seed", seed, { least: 0, most: Number.MAX_SAFE_INTEGER, isWhole: true }) ?? random(),
  });
  return {
    chat: conversation(messages),
    options: present({
      sampling,
      max_tokens: most(max_tokens, max_completion_tokens),
      max_reasoning_tokens: number("reasoning.max_tokens", thinking, { ...COUNT, least: 0 }),
      logprobs: likeliest(logprobs, top_logprobs),
      stop: isAbsent(stop) ? undefined : ends(stop),
    }),
    ...streaming(stream, stream_options),
    signal: signal ?? undefined,
  };
}

/** The object without what is undefined: to the engine a name that is there has a value. */
function present<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function number(name: string, value: unknown, { least, most = Infinity, isWhole = false }: Range): number | undefined {
  if (isAbsent(value)) {
    return undefined;
  }
  const isRight = typeof value === "number" && Number.isFinite(value) && (!isWhole || Number.isInteger(value));
  if (!isRight || value < least || value > most) {
    const kind = isWhole ? "a whole number" : "a number";
    const range = most === Infinity ? `from ${least} on` : `from ${least} to ${most}`;
    throw new OptionsError(`${name}: ${shown(value)}; expected ${kind} ${least === -Infinity ? "" : range}`.trim());
  }
  return value;
}

/** The limit, by whichever of its two names it was given. */
function most(older: unknown, newer: unknown): number | undefined {
  const [first, second] = [number("max_tokens", older, COUNT), number("max_completion_tokens", newer, COUNT)];
  if (first !== undefined && second !== undefined && first !== second) {
    throw new OptionsError(`max_tokens is ${first} and max_completion_tokens ${second}; give one of them`);
  }
  return first ?? second;
}

function bias(given: unknown): Map<number, number> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new OptionsError(`logit_bias: ${shown(given)}; expected an object of numbers by token id`);
  }
  const entries = Object.entries(given).map(([id, value]): [number, number] => {
    if (!/^\d+$/.test(id)) {
      throw new OptionsError(`logit_bias: ${shown(id)} is no token id; engine.tokenize(text) tells a text's`);
    }
    return [Number(id), number(`logit_bias[${id}]`, value, ANY) ?? 0];
  });
  return new Map(entries);
}

function likeliest(logprobs: unknown, top: unknown): number | undefined {
  if (!isAbsent(logprobs) && typeof logprobs !== "boolean") {
    throw new OptionsError(`logprobs: ${shown(logprobs)}; expected true or false`);
  }
  const count = number("top_logprobs", top, { least: 0, most: MOST_TOP_LOGPROBS, isWhole: true });
  if (count !== undefined && logprobs !== true) {
    throw new OptionsError("top_logprobs is given without logprobs; add logprobs: true");
  }
  return logprobs === true ? (count ?? 0) : undefined;
}

function ends(stop: unknown): string[] {
  const strings: unknown[] = Array.isArray(stop) ? stop : [stop];
  if (!strings.every((string): string is string => typeof string === "string" && string !== "")) {
    throw new OptionsError(`stop: ${shown(stop)}; expected a string, or an array of them, none empty`);
  }
  return strings;
}

function streaming(stream: unknown, options: unknown): { isStreamed: boolean; includesUsage: boolean } {
  if (!isAbsent(stream) && typeof stream !== "boolean") {
    throw new OptionsError(`stream: ${shown(stream)}; expected true or false`);
  }
  if (!isAbsent(options) && stream !== true) {
    throw new OptionsError("stream_options is given without stream; add stream: true");
  }
  const { include_usage, include_obfuscation, ...rest } = (options ?? {}) as Record<string, unknown>;
  refuseOthers({ ...rest, include_obfuscation: include_obfuscation || undefined }, "stream_options");
  return { isStreamed: stream === true, includesUsage: include_usage === true };
}

function random(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
