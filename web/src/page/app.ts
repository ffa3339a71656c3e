import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import "./composer";
import "./doorway";
import "./gate";
import "./loading_view";
import "./plan_view";
import { type LoadOptions, type Prospect, Reckon, ReckonError } from "../engine/reckon";
import { answering, brought, type Choice, hubPage, ofKept, withToken, wishes } from "./address";
import { fetchProse } from "./answer_view";
import { styles } from "./app_styles";
import { base } from "./base_styles";
import { besideTheApp } from "./beside";
import type { Asked, Composer } from "./composer";
import { Conversation } from "./conversation";
import { conversationView } from "./conversation_view";
import type { Entered } from "./doorway";
import { Drops } from "./drops";
import { Follow } from "./follow";
import type { Admitted } from "./gate";
import { type Decided, isAsked } from "./plan_view";
import { runningOn } from "./running_on";
import { sentence } from "./sentence";
import type { Taken } from "./shelf_view";
import type { Stage } from "./stage";
import { keptToken } from "./tokens";

/** The page: one model, one conversation. */
export class App extends LitElement {
  /** The engine's own interface; scripts and tests may use it. */
  static readonly Reckon = Reckon;
  static override properties = { stage: { state: true }, revision: { state: true }, waiting: { state: true } };

  /** The loaded model; scripts and tests may use it. */
  model: Reckon | undefined;
  stage: Stage = { is: "looking" };
  revision = 0;
  #choice: Choice | undefined;
  /** The model beside the app, once it has been looked for. */
  #beside: Choice | undefined;
  /** The conversation that a visitor left to look for another model. */
  #left: Conversation | undefined;
  readonly #drops = new Drops(this, (given) => this.#bring(given));
  readonly #follow = new Follow(this, () => this.turns.length > 0);
  readonly #wishes = wishes(new URL(location.href));
  /** A question that is asked as soon as there is a model. */
  waiting: string | undefined = this.#wishes.question;

  /** The turns so far; scripts and tests may read them. */
  get turns(): Conversation["turns"] {
    return this.stage.is === "ready" ? this.stage.conversation.turns : [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.model?.dispose();
  }

  async #begin(): Promise<void> {
    // The engine comes while the page still looks for what to open.
    Reckon.prepare();
    const choice = this.#wishes.choice ?? (this.#beside = await besideTheApp(new URL(location.href)));
    if (choice) {
      await this.open(choice);
    } else {
      this.stage = { is: "doorway", fault: undefined };
    }
  }

  /** Loads a model in place of the one that is there. */
  async open(choice: Choice, options: LoadOptions = this.#wishes.load): Promise<void> {
    if ("stop" in this.stage) {
      this.stage.stop.abort();
    }
    this.model?.dispose();
    this.model = undefined;
    this.#left = undefined;
    this.#choice = choice;
    const stop = new AbortController();
    this.stage = { is: "loading", stop };
    const isCurrent = () => "stop" in this.stage && this.stage.stop === stop;
    try {
      const model = await Reckon.load(choice.source, {
        ...options,
        signal: stop.signal,
        onPlan: (plan) => isCurrent() && this.#plan(choice, plan, stop),
        onProgress: (progress) => {
          if (isCurrent() && this.stage.is === "loading") {
            this.stage = { ...this.stage, progress };
          }
        },
      });
      if (!isCurrent()) {
        model.dispose();
        return;
      }
      this.model = model;
      const conversation = new Conversation(model, answering(this.#wishes.answering, choice.card), () => this.revision++);
      this.stage = { is: "ready", conversation };
      this.dispatchEvent(new Event("model-ready"));
      if (this.waiting !== undefined) {
        void this.#put(this.waiting, conversation);
        this.waiting = undefined;
      }
      // What is kept is not to go when room gets scarce; a browser may ask, or say no.
      if (options.keep && !("files" in choice.source)) {
        void navigator.storage?.persist?.().catch(() => false);
      }
    } catch (error) {
      if (isCurrent()) {
        this.#fail(choice, error);
      }
    }
  }

  /** Whether the load goes on; a visitor is asked where it takes much. */
  async #plan(choice: Choice, plan: Prospect, stop: AbortController): Promise<boolean> {
    if (isAsked(choice.source, plan)) {
      const goes = await new Promise<boolean>((decide) => (this.stage = { is: "asking", stop, plan, decide }));
      if (!goes) {
        this.stage = { is: "doorway", fault: undefined };
        return false;
      }
    }
    this.stage = { is: "loading", stop, plan };
    return true;
  }

  /** A repository that is gated is tried with the token that was kept, if there is one; then a visitor is asked. */
  #fail(choice: Choice, error: unknown): void {
    const { source } = choice;
    if (!(error instanceof ReckonError && error.code === "gated" && "hub" in source)) {
      this.stage = { is: "doorway", fault: sentence(error) };
      return;
    }
    const repo = hubPage(source.hub);
    const kept = keptToken(repo.origin);
    if (source.hub.token === undefined && kept !== undefined) {
      void this.open(withToken(choice, kept));
    } else {
      this.stage = { is: "gate", repo, hasToken: source.hub.token !== undefined };
    }
  }

  override render(): TemplateResult {
    return html`
      <header>
        <h1>Reckon</h1>
        <p class="device">${this.#device()}</p>
      </header>
      <main ?data-over=${this.#drops.isOver} @ask=${this.#ask}>
        ${this.#stage()}
        ${this.waiting === undefined
          ? nothing
          : html`<p class="waiting" role="status"><b>${this.waiting}</b> is asked as soon as the model is here.</p>`}
      </main>
      <footer>
        <reckon-composer ?ready=${this.#canBeAsked}
          ?running=${this.stage.is === "ready" && this.stage.conversation.isRunning}
          @ask=${this.#ask} @stop=${this.#stopAnswer}></reckon-composer>
        <p class="small">Answers are made on this device by a small model, and are often wrong. Nothing you write leaves this tab.</p>
      </footer>
    `;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("stage") && (this.stage.is === "ready" || changed.get("stage") === undefined)) {
      void this.#composer?.updateComplete.then(() => this.#composer?.focus());
    }
    if (changed.has("stage") && this.stage.is === "ready") {
      (globalThis.requestIdleCallback ?? setTimeout)(() => void fetchProse().catch(() => undefined));
    }
  }

  override willUpdate(): void {
    if (this.waiting !== undefined && (this.stage.is === "doorway" || this.stage.is === "gate")) {
      this.#composer?.giveBack(this.waiting);
      this.waiting = undefined;
    }
  }

  get #composer(): Composer | null {
    return this.renderRoot.querySelector<Composer>("reckon-composer");
  }

  /** A question is asked at once, or waits for a model that is on its way. */
  get #canBeAsked(): boolean {
    return this.stage.is === "ready"
      ? !this.stage.conversation.fault
      : this.waiting === undefined && this.stage.is !== "doorway" && this.stage.is !== "gate";
  }

  #device(): TemplateResult | typeof nothing {
    return this.model
      ? html`<b>${this.#choice?.name}</b>
          ${this.stage.is === "ready" ? html`<button type="button" class="link" @click=${this.#look}>change</button>` : nothing}
          ${runningOn(this.model.description)}`
      : nothing;
  }

  #stage(): TemplateResult | typeof nothing {
    const { stage } = this;
    switch (stage.is) {
      case "looking":
        return nothing;
      case "doorway":
        return html`<reckon-doorway .fault=${stage.fault} .isEmpty=${this.#choice === undefined} .hasModel=${this.#left !== undefined}
          @enter=${this.#enter} @again=${this.#again} @back=${this.#back} @take=${this.#take}></reckon-doorway>`;
      case "gate":
        return html`<reckon-gate .repo=${stage.repo} .hasToken=${stage.hasToken} @admit=${this.#admit}
          @leave=${this.#leave}></reckon-gate>`;
      case "asking":
        return html`<reckon-plan .plan=${stage.plan} .name=${this.#choice?.name ?? ""} .isLocal=${!!this.#choice && "files" in this.#choice.source}
          .isKept=${this.#wishes.load.keep}
          @decide=${(event: Decided) => stage.decide(event.goes)}></reckon-plan>`;
      case "loading":
        return html`<reckon-loading .progress=${stage.progress} .plan=${stage.plan} .name=${this.#choice?.name ?? ""}
          @stop=${() => stage.stop.abort()}></reckon-loading>`;
      case "ready":
        return conversationView(stage.conversation, this.#choice, this.revision, this.#again);
    }
  }

  #ask = ({ question }: Asked): void => {
    if (this.stage.is === "ready") {
      void this.#put(question, this.stage.conversation);
    } else {
      this.waiting = question;
    }
  };

  async #put(question: string, conversation: Conversation): Promise<void> {
    const asked = conversation.ask(question);
    this.#follow.toEnd();
    const refusal = await asked;
    if (refusal !== undefined) {
      this.#composer?.giveBack(question, refusal);
    }
  }

  #stopAnswer = (): void => {
    if (this.stage.is === "ready") {
      this.stage.conversation.stop();
    }
  };

  #again = (): void => {
    void (this.#choice ? this.open(this.#choice) : this.#begin());
  };

  #admit = (event: Admitted): void => {
    if (this.#choice) {
      void this.open(withToken(this.#choice, event.token));
    }
  };

  #look = (): void => {
    if (this.stage.is === "ready") {
      this.stage.conversation.stop();
      this.#left = this.stage.conversation;
      this.stage = { is: "doorway", fault: undefined };
    }
  };

  #back = (): void => {
    if (this.#left) {
      this.stage = { is: "ready", conversation: this.#left };
    }
  };

  #take = ({ kept }: Taken): void => {
    const { dtype: _, ...load } = this.#wishes.load;
    const choice = ofKept(kept);
    const isBeside = JSON.stringify(this.#beside?.source) === JSON.stringify(choice.source);
    void this.open((isBeside && this.#beside) || choice, kept.dtype ? { ...load, dtype: kept.dtype } : load);
  };

  #leave = (): void => {
    this.stage = { is: "doorway", fault: undefined };
  };

  #enter = (event: Entered): void => this.#bring(event.given);

  #bring(given: Entered["given"]): void {
    try {
      const choice = brought(given, new URL(location.href));
      void (choice && this.open(choice));
    } catch {
      this.stage = { is: "doorway", fault: `“${given}” is no address` };
    }
  }

  static override styles = [base, styles];
}

customElements.define("reckon-app", App);
