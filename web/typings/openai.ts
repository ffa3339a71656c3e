/** What is written for OpenAI's client is accepted, and what is answered is OpenAI's: held by the compiler. */

import type OpenAI from "openai";

import type { ChatCompletion, ChatCompletionChunk, ChatCompletionCreateParams, Reckon } from "../src/reckon";

type Theirs = OpenAI.ChatCompletionCreateParams;
/** The names of a request that both have, and of which Reckon takes all that OpenAI takes. */
type Shared =
  | "frequency_penalty" | "logit_bias" | "logprobs" | "max_completion_tokens" | "max_tokens" | "n" | "presence_penalty"
  | "seed" | "stop" | "temperature" | "top_logprobs" | "top_p";

/** Compiles where the one is a kind of the other. */
type Holds<Found extends Expected, Expected> = Found;

export type Answer = Holds<ChatCompletion, OpenAI.ChatCompletion>;
export type Chunk = Holds<ChatCompletionChunk, OpenAI.ChatCompletionChunk>;
export type Options = Holds<Pick<Theirs, Shared>, Pick<ChatCompletionCreateParams, Shared>>;
export type Ours = Holds<
  Pick<ChatCompletionCreateParams, Shared | "response_format" | "stream" | "stream_options">,
  Pick<Theirs, Shared | "response_format" | "stream" | "stream_options">
>;
export type Messages = Holds<ChatCompletionCreateParams["messages"], OpenAI.ChatCompletionMessageParam[]>;
export type System = Holds<
  OpenAI.ChatCompletionSystemMessageParam | OpenAI.ChatCompletionDeveloperMessageParam,
  ChatCompletionCreateParams["messages"][number]
>;

/** Requests as users of OpenAI's client write them. */
export async function asWritten(engine: Reckon, signal: AbortSignal): Promise<OpenAI.ChatCompletion> {
  const written = {
    model: "reckon-mini",
    messages: [
      { role: "developer", content: "Answer in one line." },
      { role: "user", content: [{ type: "text", text: "What is 2 + 2?" }] },
      { role: "assistant", content: "4" },
      { role: "user", content: "And 2 + 3?" },
    ],
    temperature: 0,
    top_p: 1,
    max_completion_tokens: 64,
    stop: ["\n\n"],
    seed: 7,
    logit_bias: { "12": -100 },
    logprobs: true,
    top_logprobs: 5,
    response_format: { type: "text" },
    n: 1,
  } satisfies OpenAI.ChatCompletionCreateParamsNonStreaming;
  const completion = await engine.chat.completions.create(written, { signal });
  const message: OpenAI.ChatCompletionMessage | undefined = completion.choices[0]?.message;
  const asked = { ...written, stream: true, stream_options: { include_usage: true } } satisfies Theirs;
  for await (const chunk of await engine.chat.completions.create(asked)) {
    const delta: OpenAI.ChatCompletionChunk.Choice.Delta | undefined = chunk.choices[0]?.delta;
    console.log(delta?.content);
  }
  const again = [...written.messages, ...(message ? [completion.choices[0]!.message] : [])];
  return engine.chat.completions.create({ messages: again });
}

/** What is not supported does not compile. */
export async function refused({ chat: { completions } }: Reckon): Promise<void> {
  const messages: ChatCompletionCreateParams["messages"] = [{ role: "user", content: "?" }];
  // @ts-expect-error Reckon calls no tools.
  await completions.create({ messages, tools: [{ type: "function", function: { name: "f" } }] });
  // @ts-expect-error Reckon writes text alone.
  await completions.create({ messages, response_format: { type: "json_object" } });
  // @ts-expect-error A message has a role that is known.
  await completions.create({ messages: [{ role: "tool", content: "4", tool_call_id: "1" }] });
  // @ts-expect-error A stream is no completion.
  (await completions.create({ messages, stream: true })).choices;
}
