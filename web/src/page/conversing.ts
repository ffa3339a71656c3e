/** Which conversation the page shows, and how it goes on: with the model that is there, kept as it grows. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Reckon } from "../engine/reckon";
import type { Answering, Choice, Wishes } from "./address";
import { type Answerer, Conversation } from "./conversation";
import { Keeper } from "./keeper";
import type { Record } from "./record";
import { answering } from "./settings";
import { keepBudget, keepTabsConversation, keptBudget, tabsConversation } from "./site_memory";

/** One conversation at a time, of those that are kept. */
export class Conversing implements ReactiveController {
  readonly keeper: Keeper;
  current: Conversation;
  #answerer: Answerer | undefined;
  #recommended: Answering;
  /** What the visitor has chosen on the page; it goes before what the page's address says. */
  #chosen: Partial<Answering>;
  /** The id that is kept for this tab. */
  #remembered: string | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly wishes: Wishes,
    /** Called with a conversation that is shown in place of another, and whether the visitor is to write in it. */
    private readonly shown: (conversation: Conversation, isToWrite: boolean) => void,
  ) {
    host.addController(this);
    const budget = keptBudget();
    this.#chosen = wishes.answering.maxThinking === undefined && budget !== undefined ? { maxThinking: budget } : {};
    this.#recommended = wishes.answering;
    this.keeper = new Keeper(host, { elsewhere: (id) => void this.#catchUp(id), gone: (id) => this.#forget(id) });
    this.current = this.#make();
  }

  hostConnected(): void {
    const last = tabsConversation();
    if (last !== undefined && this.wishes.question === undefined) {
      void this.#recall(last);
    }
  }

  /** A model is there: what is shown goes on with it. */
  welcome(model: Reckon, choice: Choice): Conversation {
    this.#answerer = { name: choice.name, timeline: model.conversation(), context: model.description.context };
    this.#recommended = answering(this.wishes.answering, choice);
    this.current.goOn(this.#answerer, { ...this.#recommended, ...this.#chosen });
    return this.current;
  }

  /** The model goes. */
  farewell(): void {
    this.#answerer = undefined;
    this.current.answerer = undefined;
  }

  /** Begins a new conversation, or shows a kept one. */
  async open(id: string | undefined): Promise<void> {
    const record = id === undefined ? undefined : await this.keeper.read(id);
    if (id === undefined || (record && id !== this.current.id)) {
      this.current.stop();
      this.#show(this.#make(record), true);
    }
  }

  /** Gives a conversation another title. */
  rename(id: string, title: string): void {
    if (id === this.current.id) {
      this.current.title = title;
      this.keeper.note(this.current);
    } else {
      void this.keeper.rename(id, title);
    }
  }

  /** Changes how questions are answered from now on. */
  choose(part: Partial<Answering>): void {
    if ("maxThinking" in part) {
      keepBudget(part.maxThinking);
      this.#chosen = { maxThinking: part.maxThinking };
    }
    this.#recommended = { ...this.#recommended, ...part };
    this.current.wishes = { ...this.current.wishes, ...part };
    this.host.requestUpdate();
  }

  #make(record?: Record): Conversation {
    const made: Conversation = new Conversation(
      { ...this.#recommended, ...this.#chosen },
      () => {
        this.keeper.note(made);
        this.#remember(made);
        this.host.requestUpdate();
      },
      record,
    );
    made.answerer = this.#answerer;
    return made;
  }

  #show(conversation: Conversation, isToWrite: boolean): void {
    this.current = conversation;
    this.#remember(conversation);
    this.shown(conversation, isToWrite);
    this.host.requestUpdate();
  }

  /** A reload is to find it. */
  #remember({ id }: Conversation): void {
    if (id === this.current.id && id !== this.#remembered) {
      this.#remembered = id;
      keepTabsConversation(id);
    }
  }

  /** Shows what this tab showed before it was loaded anew, unless something was asked meanwhile. */
  async #recall(id: string): Promise<void> {
    const record = await this.keeper.read(id);
    if (record && this.current.turns.length === 0) {
      this.#show(this.#make(record), true);
    }
  }

  /** Another tab has changed a conversation: where it is shown here and nothing runs, as it is there now. */
  async #catchUp(id: string): Promise<void> {
    const record = id === this.current.id ? await this.keeper.read(id) : undefined;
    if (record && id === this.current.id && !this.current.isRunning) {
      this.#show(this.#make(record), false);
    }
  }

  #forget(id: string | undefined): void {
    if (id === undefined || id === this.current.id) {
      this.current.abandon();
      this.#show(this.#make(), false);
    }
  }
}
