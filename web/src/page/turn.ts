/** One question and what came of it. */

import type { Step } from "../engine/reckon";
import type { FinishReason, Part, Statistics } from "../engine/reckon";

/** A question, its thinking, its answer; grows step by step. */
export class Turn {
  thinking = "";
  answer = "";
  readonly tokens: number[] = [];
  statistics: Statistics | undefined;
  reason: FinishReason | undefined;
  fault: string | undefined;
  /** When it was asked, when thinking began and ended: milliseconds of `performance.now()`. */
  readonly asked = performance.now();
  thinkingFrom: number | undefined;
  thinkingTo: number | undefined;
  thinkingTokens = 0;

  constructor(readonly question: string) {}

  /** Whether more is to come. */
  get isRunning(): boolean {
    return this.reason === undefined && this.fault === undefined;
  }

  /** Whether the model is thinking now. */
  get isThinking(): boolean {
    return this.isRunning && this.thinkingFrom !== undefined && this.thinkingTo === undefined;
  }

  /** Takes in what has happened. */
  take({ event, statistics }: Step): void {
    this.statistics = statistics;
    if (event.kind === "token") {
      this.tokens.push(event.id);
      this.#hear(event.parts);
      this.thinkingTokens += this.isThinking ? 1 : 0;
    } else if (event.kind === "done") {
      this.#hear(event.parts);
      this.reason = event.reason;
      this.thinkingTokens = event.reasoning_tokens;
      this.#stopThinking();
    }
  }

  /** It ended with an error. */
  fail(words: string): void {
    this.fault = words;
    this.#stopThinking();
  }

  #hear(parts: readonly Part[]): void {
    for (const part of parts) {
      if (part.channel === "answer_was_thinking") {
        this.thinkingFrom ??= performance.now();
        this.thinking += this.answer;
        this.answer = "";
        this.#stopThinking();
      } else if (part.channel === "thinking") {
        this.thinkingFrom ??= performance.now();
        this.thinking += part.text;
      } else {
        this.#stopThinking();
        // What stands between the thinking and the answer is white space of the template.
        this.answer = this.answer === "" ? part.text.trimStart() : this.answer + part.text;
      }
    }
  }

  #stopThinking(): void {
    if (this.thinkingFrom !== undefined) {
      this.thinkingTo ??= performance.now();
    }
  }
}
