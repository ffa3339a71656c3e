/** One element's chat: its model, its conversation, and what it tells of both. */

import { type Conversation as Timeline, type LoadOptions, type Reckon, ReckonError } from "../engine/reckon";
import type { Answering, Choice } from "../page/address";
import { fetchProse } from "../page/answer_view";
import { Conversation } from "../page/conversation";
import type { Act } from "../page/turn_view";
import type { Turn } from "../page/turn";
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
  /** What is shown, and where it is computed. */
  conversation: Conversation | undefined;
  #timeline: Timeline | undefined;
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

  get turns(): readonly Turn[] {
    return this.conversation?.turns ?? [];
  }

  /** The model, loaded where it is not. */
  load(): Promise<Reckon> {
    this.check();
    this.#held = this.wanted.key();
    return this.#hold.take(() => this.wanted.model(), this.wanted.loading());
  }

  /** Asks, after loading where that is needed; resolves with the whole answer. */
  ask(question: string): Promise<Answer> {
    return this.#answer(question, (conversation) => conversation.ask(question));
  }

  /** Does what a reader wants of a turn. */
  async act(turn: Turn, act: Act): Promise<void> {
    if (act.is === "edit") {
      await this.#answer(act.question, (conversation) => conversation.edit(turn, act.question));
    } else if (act.is === "regenerate") {
      await this.#answer(turn.question, (conversation) => conversation.regenerate(turn));
    } else {
      this.conversation?.step(turn, act.places);
    }
  }

  /** Ends the answer that is on its way, or the loading; what has come stays. */
  stop(): void {
    if (this.stage.is === "ready") {
      this.conversation?.stop();
    } else {
      this.#hold.leave();
    }
  }

  answerNow(): void {
    this.conversation?.answerNow();
  }

  /** Forgets the conversation; its place in memory is given back once nothing of it runs. */
  clear(): void {
    const [timeline, asked] = [this.#timeline, this.#asked];
    this.conversation?.abandon();
    this.conversation = undefined;
    this.page = undefined;
    const close = () => timeline?.close();
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

  async #answer(question: string, put: (conversation: Conversation) => Promise<string | undefined>): Promise<Answer> {
    if (this.waiting !== undefined || this.conversation?.isRunning) {
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
      return await this.#whole(model, put).catch((thrown: unknown) => this.#refuse(thrown));
    } finally {
      this.waiting = undefined;
      this.hearer.changed();
    }
  }

  /** Takes in a whole answer, and tells of it. */
  async #whole(model: Reckon, put: (conversation: Conversation) => Promise<string | undefined>): Promise<Answer> {
    const conversation = (this.conversation ??= await this.#begin(model));
    this.waiting = undefined;
    const asked = put(conversation);
    this.#asked = asked;
    const refusal = await asked;
    const turn = conversation.turns.at(-1);
    if (conversation !== this.conversation) {
      throw new ReckonError({ code: "aborted", message: "the conversation was left" });
    }
    if (refusal !== undefined) {
      throw new ReckonError({ code: "options", message: refusal });
    }
    if (!turn?.statistics || turn.reason === undefined) {
      throw new ReckonError({ code: "defect", message: turn?.fault ?? "there is no answer" });
    }
    const { question, thinking, answer, reason, statistics } = turn;
    const whole: Answer = { question, thinking, answer, reason, statistics };
    this.hearer.tell("reckon-answer", whole);
    return whole;
  }

  /** A new conversation, with what is wanted now. */
  async #begin(model: Reckon): Promise<Conversation> {
    const choice = await this.wanted.model();
    const answering = this.wanted.answering(choice);
    const { system, page } = await instructions(model, answering.system, this.wanted.text());
    this.page = page;
    const conversation = new Conversation({ ...answering, system }, () => this.hearer.changed());
    this.#timeline = model.conversation();
    conversation.answerer = { name: choice.name, timeline: this.#timeline, context: model.description.context };
    return conversation;
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
