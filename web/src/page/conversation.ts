/** A conversation on the page: its turns, and the one that runs. */

import { type Conversation as Timeline, type FaultCode, type GenerateOptions, type Message, ReckonError, type Statistics } from "../engine/reckon";
import { turn as othersTurn } from "../engine/turn";
import { PAPER_SAMPLING } from "../presets/presets";
import type { Answering } from "./address";
import { Beat } from "./beat";
import { Branches } from "./branches";
import { freshId, numbers, type Record, titleOf, turnsOf } from "./record";
import { Turn } from "./turn";

/** What an engine says of a question that it does not take. */
const REFUSALS: ReadonlySet<FaultCode> = new Set<FaultCode>(["options", "context"]);
/** What comes at once is taken in for so long, then the page has its turn. */
const SLICE_MS = 8;

/** A loaded model, as a conversation needs it. */
export interface Answerer {
  /** What the page calls it. */
  readonly name: string;
  /** Where it computes; one for all conversations, so that their shared beginnings are computed once. */
  readonly timeline: Pick<Timeline, "generate" | "answerNow">;
  /** Most positions of a conversation. */
  readonly context: number;
}

/** Turn after turn, with all their versions. */
export class Conversation {
  readonly id: string;
  readonly created: number;
  readonly branches: Branches;
  #title: string | undefined;
  /** Who answers; nobody while a model is on its way. */
  answerer: Answerer | undefined;
  /** Why no further question can be asked. */
  fault: string | undefined;
  /** The turn that ended last since the page was opened. */
  ended: Turn | undefined;
  #running: AbortController | undefined;
  readonly #beat: Beat;

  constructor(
    public wishes: Answering,
    /** Called whenever something has changed; once a frame at most while an answer comes. */
    private changed: () => void,
    record?: Record,
  ) {
    this.id = record?.id ?? freshId();
    this.created = record?.created ?? Date.now();
    this.#title = record?.title;
    this.branches = record ? turnsOf(record) : new Branches();
    this.#beat = new Beat(() => this.changed());
  }

  /** The turns that are shown. */
  get turns(): readonly Turn[] {
    return this.branches.path;
  }

  /** What it is called: the first question, until it is renamed. */
  get title(): string {
    return this.#title ?? titleOf(this.branches.all[0]?.question ?? "");
  }

  set title(title: string) {
    this.#title = titleOf(title) || undefined;
  }

  /** Numbers of the last answer, as far as it has come. */
  get statistics(): Statistics | undefined {
    return this.turns.reduce<Statistics | undefined>((last, { statistics }) => statistics ?? last, undefined);
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Asks, and takes in the answer as it comes; resolves with why where the question was refused before anything ran. */
  ask(question: string): Promise<string | undefined> {
    return this.#run(new Turn(question, this.turns.at(-1)), this.#sampling());
  }

  /** Asks another question in the place of a turn's; what followed it is kept with the earlier version. */
  edit({ after }: Turn, question: string): Promise<string | undefined> {
    return this.#run(new Turn(question, after), this.#sampling());
  }

  /** Asks a turn's question again; the earlier answer is kept as a version. */
  regenerate({ question, after }: Turn): Promise<string | undefined> {
    const { seed: _, ...sampling } = this.wishes.sampling;
    // Where the first is the likeliest answer, greedily it would be the same again.
    const another = sampling.temperature === 0 ? { ...sampling, ...PAPER_SAMPLING } : sampling;
    return this.#run(new Turn(question, after), { ...another, seed: freshSeed() });
  }

  /** Shows the version so many places after a turn's, and what followed that one. */
  step(turn: Turn, places: number): void {
    const versions = this.branches.versions(turn);
    const other = versions[versions.indexOf(turn) + places];
    if (other && !this.isRunning) {
      this.branches.show(other);
      this.changed();
    }
  }

  /** Goes on with a model, asked in its way. */
  goOn(answerer: Answerer, wishes: Answering): void {
    this.answerer = answerer;
    this.wishes = wishes;
    this.fault = undefined;
  }

  /** Ends what runs; what has come stays. */
  stop(): void {
    this.#running?.abort();
  }

  /** Ends what runs, and tells of no change any more: it is deleted. */
  abandon(): void {
    this.changed = () => undefined;
    this.stop();
  }

  /** Ends the thinking of what runs: it answers from there on. */
  answerNow(): void {
    const turn = this.turns.at(-1);
    if (turn?.isThinking) {
      turn.cut();
      this.answerer?.timeline.answerNow();
    }
  }

  async #run(turn: Turn, sampling: Answering["sampling"]): Promise<string | undefined> {
    if (this.#running) {
      return "an answer is on its way";
    }
    if (!this.answerer) {
      return "there is no model yet";
    }
    const { name, timeline } = this.answerer;
    const instead = this.branches.shownAfter(turn.after);
    const { maxTokens, maxThinking, system } = this.wishes;
    const options: GenerateOptions = {
      sampling,
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...(maxThinking === undefined ? {} : { max_reasoning_tokens: maxThinking }),
    };
    turn.model = name;
    turn.settings = { ...options, sampling: numbers(sampling), ...(system === undefined ? {} : { system }) };
    const running = (this.#running = new AbortController());
    this.branches.add(turn);
    this.changed();
    try {
      await this.#take(turn, timeline.generate({ chat: this.#chat(turn) }, { ...options, signal: running.signal }));
      this.ended = turn;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      // A question that does not fit was not asked; an engine that failed cannot be asked at all.
      if (error instanceof ReckonError && REFUSALS.has(error.code) && turn.statistics === undefined) {
        this.branches.remove(turn, instead);
        return turn.after ? `${words}; what was said before is part of the prompt` : words;
      }
      if (error instanceof ReckonError && error.code === "aborted") {
        turn.end("abort");
      } else {
        turn.fail(words);
        this.fault = words;
      }
    } finally {
      this.#running = undefined;
      this.changed();
    }
    return undefined;
  }

  async #take(turn: Turn, steps: ReturnType<Timeline["generate"]>): Promise<void> {
    let since = performance.now();
    for await (const step of steps) {
      turn.take(step);
      this.#beat.tell();
      if (performance.now() - since > SLICE_MS) {
        await othersTurn();
        since = performance.now();
      }
    }
  }

  #sampling(): Answering["sampling"] {
    return { seed: freshSeed(), ...this.wishes.sampling };
  }

  /** What was said up to a turn: questions and answers, without the thinking; then its question. */
  #chat(turn: Turn): Message[] {
    const said: Message[] = [{ role: "user", content: turn.question }];
    for (let before = turn.after; before; before = before.after) {
      if (before.fault === undefined && before.answer !== "") {
        said.unshift({ role: "user", content: before.question }, { role: "assistant", content: before.answer });
      }
    }
    const { system } = this.wishes;
    return system === undefined ? said : [{ role: "system", content: system }, ...said];
  }
}

function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
