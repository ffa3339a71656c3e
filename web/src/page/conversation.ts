/** A conversation on the page: its turns, and the one that runs. */

import { type Message, type Reckon, ReckonError } from "../engine/reckon";
import type { Answering } from "./address";
import { Turn } from "./turn";

/** Turn after turn with one model. */
export class Conversation {
  readonly turns: Turn[] = [];
  /** Why no further question can be asked. */
  fault: string | undefined;
  #running: AbortController | undefined;
  #frame: number | undefined;
  readonly #timeline;

  constructor(
    model: Reckon,
    private readonly wishes: Answering,
    /** Called whenever something has changed. */
    private readonly changed: () => void,
  ) {
    this.#timeline = model.conversation();
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Asks, and takes in the answer as it comes; resolves with why where the question was refused before anything ran. */
  async ask(question: string): Promise<string | undefined> {
    if (this.#running) {
      return "an answer is on its way";
    }
    const chat = [...this.#history(), { role: "user" as const, content: question }];
    const turn = new Turn(question);
    this.turns.push(turn);
    const running = new AbortController();
    this.#running = running;
    this.changed();
    const { sampling, maxTokens, maxThinking } = this.wishes;
    const options = {
      sampling: { seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0, ...sampling },
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...(maxThinking === undefined ? {} : { max_reasoning_tokens: maxThinking }),
      signal: running.signal,
    };
    try {
      for await (const step of this.#timeline.generate({ chat }, options)) {
        turn.take(step);
        this.#tell();
      }
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      // A question that does not fit was not asked; an engine that failed cannot be asked at all.
      if (error instanceof ReckonError && error.code === "options" && turn.statistics === undefined) {
        this.turns.pop();
        return this.turns.length === 0 ? words : `${words}; what was said before is part of the prompt`;
      }
      turn.fail(words);
      this.fault = words;
    } finally {
      this.#running = undefined;
      this.changed();
    }
    return undefined;
  }

  /** Ends what runs; what has come stays. */
  stop(): void {
    this.#running?.abort();
  }

  /** Ends the thinking of what runs: the model answers from there on. */
  answerNow(): void {
    this.#timeline.answerNow();
  }

  /** Gives its place in memory back; nothing may run. */
  async close(): Promise<void> {
    await this.#timeline.close();
  }

  /** Tells of what has come once a frame: a small model makes several tokens in the time of one. */
  #tell(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.changed();
    });
  }

  /** What was said so far: questions and answers, without the thinking. */
  #history(): Message[] {
    const system = this.wishes.system;
    const said = this.turns
      .filter((turn) => turn.fault === undefined && turn.answer !== "")
      .flatMap((turn): Message[] => [
        { role: "user", content: turn.question },
        { role: "assistant", content: turn.answer },
      ]);
    return system === undefined ? said : [{ role: "system", content: system }, ...said];
  }
}
