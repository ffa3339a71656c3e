import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import "./composer";
import "./doorway";
import "./gate";
import "./loading_view";
import "./plan_view";
import "./turn_view";
import { type LoadOptions, type Progress, type Prospect, Reckon, ReckonError } from "../engine/reckon";
import { about } from "./about";
import { type Choice, besideTheApp, hubPage, named, ofKept, withToken, wishes } from "./address";
import { styles } from "./app_styles";
import { base } from "./base_styles";
import type { Composer } from "./composer";
import { Conversation } from "./conversation";
import type { Entered } from "./doorway";
import { Drops } from "./drops";
import type { Admitted } from "./gate";
import { type Decided, isAsked } from "./plan_view";
import { runningOn } from "./running_on";
import { sentence } from "./sentence";
import type { Taken } from "./shelf_view";
import { keptToken } from "./tokens";

/** What the page is about just now. */
type Stage =
  | { readonly is: "looking" }
  | { readonly is: "doorway"; readonly fault: string | undefined }
  | { readonly is: "gate"; readonly repo: URL; readonly hasToken: boolean }
  | { readonly is: "loading"; readonly stop: AbortController; readonly progress?: Progress; readonly plan?: Prospect }
  | { readonly is: "asking"; readonly stop: AbortController; readonly plan: Prospect; readonly decide: (goes: boolean) => void }
  | { readonly is: "ready"; readonly conversation: Conversation };

/** The page: one model, one conversation. */
export class App extends LitElement {
  /** The engine's own interface; scripts and tests may use it. */
  static readonly Reckon = Reckon;
  static override properties = { stage: { state: true }, revision: { state: true } };

  /** The loaded model; scripts and tests may use it. */
  model: Reckon | undefined;
  stage: Stage = { is: "looking" };
  revision = 0;
  #choice: Choice | undefined;
  /** The conversation that a visitor left to look for another model. */
  #left: Conversation | undefined;
  readonly #drops = new Drops(this, (given) => this.#bring(given));
  readonly #wishes = wishes(new URL(location.href));

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
    const choice = this.#wishes.choice ?? (await besideTheApp(new URL(location.href)));
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
      const conversation = new Conversation(model, this.#wishes, () => this.revision++);
      this.stage = { is: "ready", conversation };
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
      <main ?data-over=${this.#drops.isOver}>${this.#stage()}</main>
      <footer>
        <reckon-composer ?ready=${this.stage.is === "ready" && !this.stage.conversation.fault}
          ?running=${this.stage.is === "ready" && this.stage.conversation.isRunning}
          @ask=${this.#ask} @stop=${this.#stopAnswer}></reckon-composer>
        <p class="small">Answers are made on this device by a small model, and are often wrong. Nothing you write leaves this tab.</p>
      </footer>
    `;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("stage") && this.stage.is === "ready") {
      this.renderRoot.querySelector<Composer>("reckon-composer")?.updateComplete.then(() => {
        this.renderRoot.querySelector<Composer>("reckon-composer")?.focus();
      });
    }
    // Who reads at the end stays at the end; who has scrolled up is left alone.
    if (this.#isAtEnd) {
      scrollTo({ top: document.documentElement.scrollHeight });
    }
  }

  override willUpdate(): void {
    const { scrollHeight } = document.documentElement;
    this.#isAtEnd = this.turns.length > 0 && scrollHeight - scrollY - innerHeight < 90;
  }

  #isAtEnd = false;

  #device(): TemplateResult | typeof nothing {
    if (!this.model) {
      return nothing;
    }
    return html`
      <b>${this.#choice?.name}</b>${this.stage.is === "ready"
        ? html` <button type="button" class="link" @click=${this.#look}>change</button>`
        : nothing}
      ${runningOn(this.model.description)}
    `;
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
        return this.#conversation(stage.conversation);
    }
  }

  #conversation({ turns, fault, isRunning }: Conversation): TemplateResult {
    const last = turns.at(-1);
    const news = isRunning ? (last?.isThinking ? "Thinking" : "Answering") : last ? "Done" : "";
    return html`
      ${turns.length === 0
        ? html`<p class="invitation">Ask ${this.#choice?.name} a question, a sum, a line of code.</p>
            <p class="about">${about(this.#choice?.name ?? "")}</p>`
        : nothing}
      ${turns.map((turn) => html`<reckon-turn .turn=${turn} .revision=${this.revision}></reckon-turn>`)}
      ${fault === undefined
        ? nothing
        : html`<p class="fault"><button type="button" @click=${this.#again}>Load the model again</button></p>`}
      <p class="unseen" role="status">${news}</p>
    `;
  }

  #ask = (event: Event): void => {
    if (this.stage.is === "ready") {
      void this.stage.conversation.ask((event as Event & { question: string }).question);
      scrollTo({ top: document.documentElement.scrollHeight });
    }
  };

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
    void this.open(ofKept(kept), kept.dtype ? { ...load, dtype: kept.dtype } : load);
  };

  #leave = (): void => {
    this.stage = { is: "doorway", fault: undefined };
  };

  #enter = (event: Entered): void => this.#bring(event.given);

  #bring(given: Entered["given"]): void {
    if (typeof given === "string") {
      try {
        void this.open(named(given, new URL(location.href)));
      } catch {
        this.stage = { is: "doorway", fault: `“${given}” is no address` };
      }
      return;
    }
    const [first] = given;
    if (first) {
      const name = first.path.split("/")[0] ?? first.path;
      void this.open({ source: { files: given }, name });
    }
  }

  static override styles = [base, styles];
}

customElements.define("reckon-app", App);
