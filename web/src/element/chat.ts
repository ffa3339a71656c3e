/** One element's chat: its model, its conversation, and what it tells of both. */

import { type LoadOptions, type Reckon, ReckonError } from "../engine/reckon";
import type { Answering, Choice } from "../page/address";
import { fetchProse } from "../page/answer_view";
import { Conversation } from "../page/conversation";
import { ModelHold, type Stage } from "./model_hold";
import type { Excerpt } from "./page_text";
import { instructions } from "./system_message";
import type { Answer, Told } from "./told";

/** What an element says of the chat it wants; asked for when it is needed. */
export interface Wanted {
  model(): Promise<Choice>;
  /** Tells models and ways to hold them apart. */
  key(): string;
  loading(): LoadOptions;
  /** Throws where it cannot be had. */
  answering(choice: Choice): Answering;
  /** The page's own text, for the model. */
  text(): string;
}

/** Who hears of it. */
export interface Hearer {
  changed(): void;
  /** `false` where the page has prevented what is told. */
  tell<Name extends keyof Told>(name: Name, detail: Told[Name]): boolean;
}

/** A chat from before its model is there to after it has gone. */
export class Chat {
  /** What of the page was given to the model. */
  page: Excerpt | undefined;
  /** A question that waits for the model. */
  waiting: string | undefined;
  readonly #hold: ModelHold;
  #conversation: Conversation | undefined;
  /** The key of the model that is held. */
  #held: string | undefined;
  /** The answer on its way. */
  #asked: Promise<unknown> | undefined;

  constructor(
    private readonly wanted: Wanted,
    private readonly hearer: Hearer,
  ) {
    this.#hold = new ModelHold({
      changed: (stage) => this.#hear(stage),
      progressed: (progress) => hearer.tell("reckon-progress", progress),
    });
  }

  get stage(): Stage {
    return this.#hold.stage;
  }

  get turns(): Conversation["turns"] {
    return this.#conversation?.turns ?? [];
  }

  get isRunning(): boolean {
    return this.#conversation?.isRunning ?? false;
  }

  /** Whether the engine has failed under the conversation. */
  get isBroken(): boolean {
    return this.#conversation?.fault !== undefined;
  }

  /** The model, loaded where it is not. */
  load(): Promise<Reckon> {
    this.check();
    this.#held = this.wanted.key();
    return this.#hold.take(() => this.wanted.model(), this.wanted.loading());
  }

  /** Asks, after loading where that is needed; resolves with the whole answer. */
  async ask(question: string): Promise<Answer> {
    if (this.waiting !== undefined || this.isRunning) {
      throw new ReckonError({ code: "state", message: "an answer is on its way" });
    }
    if (!this.hearer.tell("reckon-ask", { question })) {
      throw new ReckonError({ code: "aborted", message: "the page has prevented the question" });
    }
    this.waiting = question;
    this.hearer.changed();
    // What draws the answer comes while the model is loaded, or thinks; without it an answer is plain text.
    void fetchProse().catch(() => undefined);
    try {
      // What keeps a model from loading is told where that is heard.
      const model = await this.load();
      return await this.#put(question, model).catch((thrown: unknown) => this.#refuse(thrown));
    } finally {
      this.waiting = undefined;
      this.hearer.changed();
    }
  }

  /** Ends the answer that is on its way, or the loading; what has come stays. */
  stop(): void {
    if (this.stage.is === "ready") {
      this.#conversation?.stop();
    } else {
      this.#hold.leave();
    }
  }

  answerNow(): void {
    this.#conversation?.answerNow();
  }

  /** Forgets the conversation; its place in memory is given back once nothing of it runs. */
  clear(): void {
    const [conversation, asked] = [this.#conversation, this.#asked];
    this.#conversation = undefined;
    this.page = undefined;
    conversation?.stop();
    const close = () => conversation?.close();
    // Where the engine has gone, so has the place.
    void Promise.resolve(asked).then(close, close).catch(() => undefined);
    this.hearer.changed();
  }

  /** Forgets the conversation and gives the model back. */
  leave(): void {
    this.clear();
    this.#hold.leave();
  }

  /** Leaves a model that is not the one that is wanted any more. */
  check(): void {
    if (this.stage.is !== "idle" && this.#held !== this.wanted.key()) {
      this.leave();
    }
  }

  /** Loads the model anew where the engine has failed: for everyone who shares it. */
  async again(): Promise<void> {
    this.clear();
    this.#hold.abandon();
    await this.load();
  }

  /** The conversation; where there is none another begins, with what is wanted now. */
  async #begun(model: Reckon): Promise<Conversation> {
    if (this.#conversation === undefined) {
      const answering = this.wanted.answering(await this.wanted.model());
      const { system, page } = await instructions(model, answering.system, this.wanted.text());
      this.page = page;
      this.#conversation = new Conversation(model, { ...answering, system }, () => this.hearer.changed());
    }
    return this.#conversation;
  }

  async #put(question: string, model: Reckon): Promise<Answer> {
    const conversation = await this.#begun(model);
    this.waiting = undefined;
    const asked = conversation.ask(question);
    this.#asked = asked;
    const refusal = await asked;
    if (refusal !== undefined) {
      throw new ReckonError({ code: "options", message: refusal });
    }
    const turn = conversation.turns.at(-1);
    if (!turn?.statistics || turn.reason === undefined) {
      // Where the conversation was left meanwhile, nothing has failed.
      const code = conversation === this.#conversation ? "defect" : "aborted";
      throw new ReckonError({ code, message: turn?.fault ?? "there is no answer" });
    }
    const { thinking, answer, reason, statistics } = turn;
    const whole: Answer = { question, thinking, answer, reason, statistics };
    this.hearer.tell("reckon-answer", whole);
    return whole;
  }

  #refuse(thrown: unknown): never {
    const fault = thrown instanceof ReckonError ? thrown : new ReckonError({ code: "options", message: String(thrown) });
    const { code, message } = fault;
    if (code !== "aborted") {
      this.hearer.tell("reckon-error", { code, message });
    }
    throw fault;
  }

  #hear(stage: Stage): void {
    if (stage.is === "ready") {
      this.hearer.tell("reckon-load", stage.model.description);
    } else if (stage.is === "failed") {
      const { code, message } = stage.fault;
      this.hearer.tell("reckon-error", { code, message });
    }
    this.hearer.changed();
  }
}
