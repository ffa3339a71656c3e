/** One question and what came of it. */

import type { FinishReason, Part, Sampling, Statistics, Step } from "../engine/reckon";

/** Thinking that lasts no longer than this is not worth a place of its own. */
const LONG_MS = 500;

/** Why there is no more of an answer: the engine's reasons, and a page that was closed meanwhile. */
export type Ending = FinishReason | "interrupted";

/** How a turn was answered. */
export interface TurnSettings {
  readonly sampling: Sampling;
  readonly max_tokens?: number;
  readonly max_reasoning_tokens?: number;
  readonly system?: string;
}

/** A question, its thinking, its answer; grows step by step. */
export class Turn {
  thinking = "";
  answer = "";
  readonly tokens: number[] = [];
  statistics: Statistics | undefined;
  reason: Ending | undefined;
  fault: string | undefined;
  /** What the page calls the model that answers. */
  model = "";
  settings: TurnSettings | undefined;
  /** When thinking began and ended: milliseconds of decoding, as the engine counts them; steps may come here all at once. */
  thinkingFrom: number | undefined;
  thinkingTo: number | undefined;
  thinkingTokens = 0;
  /** After how many tokens the thinking was made to end, where it was. */
  cutShort: number | undefined;
  /** Counts the changes, so that each is drawn. */
  revision = 0;
  #endedItself = false;

  constructor(
    readonly question: string,
    /** The turn that it follows; none where it is the first. */
    readonly after: Turn | undefined = undefined,
  ) {}

  /** Whether more is to come. */
  get isRunning(): boolean {
    return this.reason === undefined && this.fault === undefined;
  }

  /** Whether the model is thinking now. */
  get isThinking(): boolean {
    return this.isRunning && this.thinkingFrom !== undefined && this.thinkingTo === undefined;
  }

  /** How long it has been thinking, or thought, in milliseconds. */
  get thinkingMs(): number {
    return (this.thinkingTo ?? this.#decoded) - (this.thinkingFrom ?? this.#decoded);
  }

  get #decoded(): number {
    return this.statistics?.decode_ms ?? 0;
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
      this.thinkingTokens = event.reasoning_tokens;
      this.end(event.reason);
      this.#weigh();
    }
    this.revision++;
  }

  /** The thinking is told to end, and has come so far. */
  cut(): void {
    this.cutShort ??= this.thinkingTokens;
  }

  /** There is no more to come. */
  end(reason: Ending): void {
    this.#stopThinking();
    this.reason = reason;
    this.revision++;
  }

  /** It ended with an error. */
  fail(words: string): void {
    this.fault = words;
    this.#stopThinking();
    this.revision++;
  }

  #hear(parts: readonly Part[]): void {
    for (const part of parts) {
      if (part.channel === "answer_was_thinking") {
        this.thinkingFrom ??= 0;
        this.thinkingTo = this.#decoded;
        this.thinking = [this.thinking, this.answer].filter((text) => text !== "").join("\n\n");
        this.answer = "";
        // Told to end, it thought on all the same.
        this.#endedItself = true;
        this.cutShort = undefined;
      } else if (part.channel === "thinking") {
        this.thinkingFrom ??= this.#decoded;
        this.thinking += part.text;
      } else {
        this.#stopThinking();
        // What stands between the thinking and the answer is white space of the template.
        this.answer = this.answer === "" ? part.text.trimStart() : this.answer + part.text;
      }
    }
  }

  #stopThinking(): void {
    if (this.thinkingFrom === undefined || this.thinkingTo !== undefined) {
      return;
    }
    this.thinkingTo = this.#decoded;
    this.#weigh();
  }

  /** Thinking that is longer than its budget was closed by the engine, whose tokens for that are counted with it. */
  #weigh(): void {
    const budget = this.settings?.max_reasoning_tokens;
    if (!this.#endedItself && budget !== undefined && this.thinkingTokens > budget) {
      this.cutShort ??= budget;
    }
  }
}

/** Whether a turn has been thinking long enough for a reader to follow. */
export function isThinkingLong(turn: Pick<Turn, "isThinking" | "thinkingMs"> | undefined): boolean {
  return turn?.isThinking === true && turn.thinkingMs > LONG_MS;
}
