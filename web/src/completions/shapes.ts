/**
 * OpenAI's shapes of a chat completion, as far as Reckon fills them. What the official client's types have and Reckon does
 * not is left out; what Reckon adds is the thinking, as `reasoning_content`.
 */

/** A stretch of text in a message. */
export interface ChatCompletionContentPartText {
  type: "text";
  text: string;
}

/** What the model is told to be. */
export interface ChatCompletionSystemMessageParam {
  /** `developer` means `system`. */
  role: "system" | "developer";
  content: string | ChatCompletionContentPartText[];
}

/** What a person asks. */
export interface ChatCompletionUserMessageParam {
  role: "user";
  content: string | ChatCompletionContentPartText[];
}

/** What the model answered before. */
export interface ChatCompletionAssistantMessageParam {
  role: "assistant";
  content?: string | ChatCompletionContentPartText[] | null;
  /** What it thought then. It is not shown to the model again. */
  reasoning_content?: string | null;
  refusal?: null;
}

/** One message of a request. */
export type ChatCompletionMessageParam =
  | ChatCompletionSystemMessageParam
  | ChatCompletionUserMessageParam
  | ChatCompletionAssistantMessageParam;

/** What may be said of the thinking. */
export interface ReasoningParam {
  /**
   * Most tokens of thinking: the model is made to answer after them. As many as it likes if left out; 0 answers at once.
   * The few tokens that end the thinking come on top.
   */
  max_tokens?: number | null;
}

/** What may be said of a stream. */
export interface ChatCompletionStreamOptions {
  /** A last chunk without choices tells the usage. */
  include_usage?: boolean;
}

/** What a completion may be asked with. `null` means the same as leaving it out; a name that is not here is refused. */
export interface ChatCompletionCreateParamsBase {
  /** The conversation, oldest message first. */
  messages: ChatCompletionMessageParam[];
  /** What the engine was loaded by. An engine has one model: leave it out. */
  model?: string;
  /** 0 always takes the likeliest token; 0.6 if left out. */
  temperature?: number | null;
  /** Draw from the likeliest tokens that together reach this probability, more than 0 and at most 1; 0.95 if left out. */
  top_p?: number | null;
  /** Draw from so many of the likeliest tokens; from all if left out. */
  top_k?: number | null;
  /** Draw from tokens with at least this share of the likeliest's probability, 0 to 1. */
  min_p?: number | null;
  /** Divides the logits of tokens that were there before; 1, which does nothing, if left out. */
  repetition_penalty?: number | null;
  /** Most tokens to generate, thinking included; until the model stops or the context is full if left out. */
  max_completion_tokens?: number | null;
  /** The older name of `max_completion_tokens`. */
  max_tokens?: number | null;
  /** Strings that end the answer, or the thinking, where they come; they are left out of the text. */
  stop?: string | string[] | null;
  /** The same seed, request and device give the same tokens; drawn at random if left out. */
  seed?: number | null;
  /** Added to logits, by token id: -100 all but bans a token, 100 all but forces it. */
  logit_bias?: Record<string, number> | null;
  /** Tell each token's log probability. */
  logprobs?: boolean | null;
  /** How many of the likeliest tokens to tell in each token's place, 0 to 20; it needs `logprobs`. */
  top_logprobs?: number | null;
  /** How long the model may think. */
  reasoning?: ReasoningParam | null;
  /** 1 is all there is. */
  n?: number | null;
  /** 0 is all there is; see `repetition_penalty`. */
  frequency_penalty?: number | null;
  /** 0 is all there is; see `repetition_penalty`. */
  presence_penalty?: number | null;
  /** Text is all there is. */
  response_format?: { type: "text" };
  /** Ends the request: what waits rejects with an `AbortError`, and a stream ends where it is. */
  signal?: AbortSignal;
}

/** A completion that is waited for. */
export interface ChatCompletionCreateParamsNonStreaming extends ChatCompletionCreateParamsBase {
  stream?: false | null;
  stream_options?: null;
}

/** A completion that is told piece by piece. */
export interface ChatCompletionCreateParamsStreaming extends ChatCompletionCreateParamsBase {
  stream: true;
  stream_options?: ChatCompletionStreamOptions | null;
}

/** What a completion is asked with. */
export type ChatCompletionCreateParams = ChatCompletionCreateParamsNonStreaming | ChatCompletionCreateParamsStreaming;

/** What may accompany a request, as a second argument. */
export interface RequestOptions {
  /** The same as `signal` in the request. */
  signal?: AbortSignal;
}

/** What the model answered. */
export interface ChatCompletionMessage {
  role: "assistant";
  /** The answer. */
  content: string;
  /** What the model thought before it answered; left out where it did not. */
  reasoning_content?: string;
  refusal: null;
}

/** How likely the model held a token for, before any sampling. */
export interface TopLogprob {
  token: string;
  /** What it is in UTF-8; a token may be a part of a character. */
  bytes: number[];
  /** Natural logarithm of its probability. */
  logprob: number;
}

/** A generated token, and the likeliest ones in its place. */
export interface ChatCompletionTokenLogprob extends TopLogprob {
  top_logprobs: TopLogprob[];
}

/** The tokens of the answer, and those of the thinking. */
export interface ChoiceLogprobs {
  content: ChatCompletionTokenLogprob[] | null;
  /** Those of the thinking and of the tags around it. */
  reasoning_content: ChatCompletionTokenLogprob[] | null;
  refusal: null;
}

/** Why it ended: the model was done or a stop string came, or a limit of tokens, context or memory was reached. */
export type CompletionFinishReason = "stop" | "length";

/** Tokens of a request and of its answer. */
export interface CompletionUsage {
  prompt_tokens: number;
  /** Generated tokens, those of the thinking and the one that ends the answer included. */
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: {
    /** Tokens of the prompt that were computed before, for the last request of the same conversation. */
    cached_tokens: number;
  };
  completion_tokens_details: {
    /** Tokens of the thinking. */
    reasoning_tokens: number;
  };
}

/** What was answered. */
export interface ChatCompletionChoice {
  index: 0;
  message: ChatCompletionMessage;
  finish_reason: CompletionFinishReason;
  logprobs: ChoiceLogprobs | null;
}

/** An answer as a whole. */
export interface ChatCompletion {
  id: string;
  object: "chat.completion";
  /** Seconds since 1970. */
  created: number;
  /** What the engine was loaded by. */
  model: string;
  /** What computes, with which weights. */
  system_fingerprint: string;
  /** One. */
  choices: ChatCompletionChoice[];
  usage: CompletionUsage;
}

/** What has come since the last chunk. */
export interface ChatCompletionDelta {
  role?: "assistant";
  content?: string;
  reasoning_content?: string;
}

/** One choice of a chunk. */
export interface ChatCompletionChunkChoice {
  index: 0;
  delta: ChatCompletionDelta;
  finish_reason: CompletionFinishReason | null;
  logprobs: ChoiceLogprobs | null;
}

/** A piece of an answer. */
export interface ChatCompletionChunk {
  /** The same in all chunks of an answer. */
  id: string;
  object: "chat.completion.chunk";
  /** Seconds since 1970. */
  created: number;
  /** What the engine was loaded by. */
  model: string;
  /** What computes, with which weights. */
  system_fingerprint: string;
  /** One, or none in the chunk that tells the usage. */
  choices: ChatCompletionChunkChoice[];
  /** In the last chunk where `include_usage` was asked, `null` in those before; left out otherwise. */
  usage?: CompletionUsage | null;
}
