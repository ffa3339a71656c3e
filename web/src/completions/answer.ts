/** What has come of a completion: thinking, answer, and how likely each token was. */

import type { ChosenLogprob, ModelEvent } from "../engine/messages";
import type { CompletionFinishReason, CompletionUsage } from "./shapes";

/** Tokens of thinking and answer, where they were asked for. */
interface Tokens {
  readonly reasoningTokens: readonly ChosenLogprob[];
  readonly contentTokens: readonly ChosenLogprob[];
}

/** Thinking and answer, each with its tokens. */
export interface Told extends Tokens {
  readonly reasoning: string;
  readonly content: string;
}

const NOTHING: Told = { reasoning: "", content: "", reasoningTokens: [], contentTokens: [] };

/** The last event of a generation. */
type Done = ModelEvent & { readonly kind: "done" };

/** Grows event by event. */
export class Answer {
  #reasoning = "";
  #content = "";
  readonly #reasoningTokens: ChosenLogprob[] = [];
  readonly #contentTokens: ChosenLogprob[] = [];
  /** Tokens whose text is held back: they belong to what comes next. */
  readonly #pending: ChosenLogprob[] = [];
  #cached = 0;
  #done: Done | undefined;

  /** All that has come, each word where it turned out to belong. */
  get told(): Told {
    return {
      reasoning: this.#reasoning,
      content: this.#content,
      reasoningTokens: this.#reasoningTokens,
      contentTokens: this.#contentTokens,
    };
  }

  /** The last event, once it has come. */
  get done(): Done | undefined {
    return this.#done;
  }

  /** Takes in an event, and gives what it adds. */
  take(event: ModelEvent): Told {
    if (event.kind === "prompt") {
      this.#cached = event.cached;
      return NOTHING;
    }
    if (event.kind === "done") {
      this.#done = event;
    }
    let [reasoning, content] = ["", ""];
    for (const part of event.parts) {
      if (part.channel === "answer_was_thinking") {
        this.#moveToReasoning();
      } else if (part.channel === "thinking") {
        reasoning += part.text;
        this.#reasoning += part.text;
      } else {
        content += part.text;
        this.#content += part.text;
      }
    }
    const token = event.kind === "token" ? event.logprob : undefined;
    return { reasoning, content, ...this.#attribute(token, reasoning !== "", content !== "") };
  }

  /** Tokens of the request and of what came of it. */
  usage(): CompletionUsage | undefined {
    if (!this.#done) {
      return undefined;
    }
    const { prompt_tokens, completion_tokens, reasoning_tokens } = this.#done;
    return {
      prompt_tokens,
      completion_tokens,
      total_tokens: prompt_tokens + completion_tokens,
      prompt_tokens_details: { cached_tokens: this.#cached },
      completion_tokens_details: { reasoning_tokens },
    };
  }

  #moveToReasoning(): void {
    this.#reasoning += this.#content;
    this.#content = "";
    this.#reasoningTokens.push(...this.#contentTokens);
    this.#contentTokens.length = 0;
  }

  /** Puts a token, and those that were held back before it, to the side that its text is on. */
  #attribute(token: ChosenLogprob | undefined, isReasoning: boolean, isContent: boolean): Tokens {
    const come = token === undefined ? [] : [token];
    if (!isReasoning && !isContent) {
      // What is still here at the end is a stop string, or the token that ended the answer: no text of either.
      this.#pending.push(...come);
      return NOTHING;
    }
    const held = this.#pending.splice(0);
    // What was held back before the first word of an answer is the tag that ended the thinking.
    const isTag = isContent && this.#contentTokens.length === 0 && this.#reasoning !== "";
    const reasoningTokens = isContent ? (isTag ? held : []) : [...held, ...come];
    const contentTokens = isContent ? [...(isTag ? [] : held), ...come] : [];
    this.#reasoningTokens.push(...reasoningTokens);
    this.#contentTokens.push(...contentTokens);
    return { reasoningTokens, contentTokens };
  }
}

/** Why a generation ended, in OpenAI's words; nothing where the caller ended it. */
export function finishReason({ reason }: Done): CompletionFinishReason | undefined {
  switch (reason) {
    case "stop":
      return "stop";
    case "length":
    case "context":
    case "memory":
      return "length";
    case "abort":
      return undefined;
  }
}
