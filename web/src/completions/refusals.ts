/** What a request may hold elsewhere and not here, refused by name. */

import { OptionsError } from "../engine/error";

/** Names of OpenAI's requests that mean nothing here, with what to do; a value that asks for nothing passes. */
const UNSUPPORTED: Readonly<Record<string, { readonly passes?: (value: unknown) => boolean; readonly advice: string }>> = {
  audio: { advice: "Reckon writes text alone" },
  frequency_penalty: { passes: (value) => value === 0, advice: "repetition_penalty is what Reckon has" },
  function_call: { passes: (value) => value === "none", advice: "Reckon calls no functions" },
  functions: { passes: isEmpty, advice: "Reckon calls no functions" },
  metadata: { advice: "nothing is stored" },
  modalities: { passes: (value) => Array.isArray(value) && value.join() === "text", advice: "Reckon writes text alone" },
  n: { passes: (value) => value === 1, advice: "ask again for another answer" },
  parallel_tool_calls: { advice: "Reckon calls no tools" },
  prediction: { advice: "leave it out" },
  presence_penalty: { passes: (value) => value === 0, advice: "repetition_penalty is what Reckon has" },
  reasoning_effort: { advice: "reasoning: { max_tokens } says how long the model may think" },
  response_format: {
    passes: (value) => (value as { type?: unknown }).type === "text",
    advice: "Reckon writes text alone; say in a message how it is to look",
  },
  store: { passes: (value) => value === false, advice: "nothing is stored" },
  tool_choice: { passes: (value) => value === "none", advice: "Reckon calls no tools" },
  tools: { passes: isEmpty, advice: "Reckon calls no tools" },
  verbosity: { advice: "say in a message how long the answer is to be" },
  web_search_options: { advice: "Reckon works without a network" },
};

/** Refuses what of a request is left once everything that is known was taken out. */
export function refuseUnsupported(rest: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(rest)) {
    const known = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined;
    if (isAbsent(value) || known?.passes?.(value)) {
      continue;
    }
    throw new OptionsError(
      known
        ? `${name}: ${shown(value)} is not supported; ${known.advice}`
        : `${name} is not known; leave it out, or see the reference of ChatCompletionCreateParams`,
    );
  }
}

/** Refuses every name in `rest` that has a value. */
export function refuseOthers(rest: Readonly<Record<string, unknown>>, where: string): void {
  const name = Object.keys(rest).find((name) => !isAbsent(rest[name]) && !isEmpty(rest[name]));
  if (name !== undefined) {
    throw new OptionsError(`${where}.${name} is not supported; leave it out`);
  }
}

/** Whether a value means the same as leaving it out. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** A value in an error's words. */
export function shown(value: unknown): string {
  const words = JSON.stringify(value) ?? String(value);
  return words.length > 60 ? `${words.slice(0, 60)}…` : words;
}
