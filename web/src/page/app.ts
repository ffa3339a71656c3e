import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import "./composer";
import "./doorway";
import "./gate";
import "./help_view";
import "./history_view";
import "./loading_view";
import "./meter_view";
import "./plan_view";
import "./settings_view";
import "./theme";
import { Reckon } from "../engine/reckon";
import { wishes } from "./address";
import { fetchProse } from "./answer_view";
import { styles } from "./app_styles";
import { base } from "./base_styles";
import type { Asked, Composer } from "./composer";
import type { Conversation } from "./conversation";
import { conversationView, turnsView } from "./conversation_view";
import { Conversing } from "./conversing";
import { closeOutside, dialogStyles } from "./dialog_styles";
import type { Entered } from "./doorway";
import { Drops } from "./drops";
import { Follow } from "./follow";
import type { Admitted } from "./gate";
import { headerView } from "./header_view";
import type { HelpView } from "./help_view";
import type { Opened, Renamed } from "./history_view";
import { progressOf, type Told } from "./news";
import { Opening } from "./opening";
import type { Decided } from "./plan_view";
import type { Changed } from "./settings_panel";
import type { Budgeted, SettingsView } from "./settings_view";
import type { Taken } from "./shelf_view";
import { Shortcuts } from "./shortcuts";
import { keepPanel, keptPanel } from "./site_memory";
import type { Stage } from "./stage";
import { isThinkingLong } from "./turn";
import type { Acted, TurnView } from "./turn_view";
import { Wide } from "./wide";

/** The page: one model, and one conversation of those that are kept. */
export class App extends LitElement {
  /** The engine's own interface; scripts and tests may use it. */
  static readonly Reckon = Reckon;
  static override properties = { waiting: { state: true }, hasPanel: { state: true }, news: { state: true } };

  readonly #wishes = wishes(new URL(location.href));
  /** A question that is asked as soon as there is a model. */
  waiting: string | undefined = this.#wishes.question;
  /** Conversations are listed beside the page where there is room. */
  hasPanel = keptPanel();
  /** What a screen reader is told. */
  news = "";
  #progress = "";
  #drawn: Stage | undefined;
  readonly #conversing = new Conversing(this, this.#wishes, (...shown) => this.#shown(...shown));
  readonly #opening = new Opening(this, this.#wishes, {
    welcome: (model, choice) => this.#conversing.welcome(model, choice),
    farewell: () => this.#conversing.farewell(),
  });
  readonly #drops = new Drops(this, (given) => this.#opening.bring(given));
  readonly #follow = new Follow(this, () => this.turns.length > 0);
  readonly #wide = new Wide(this);

  constructor() {
    super();
    new Shortcuts(this, {
      stop: () => this.#stop(),
      begin: () => void this.#conversing.open(undefined),
      help: this.#help,
    });
  }

  /** The loaded model; scripts and tests may use it. */
  get model(): Reckon | undefined {
    return this.#opening.model;
  }

  /** What the page is about; scripts and tests may read it. */
  get stage(): Stage {
    return this.#opening.stage;
  }

  /** The turns that are shown; scripts and tests may read them. */
  get turns(): Conversation["turns"] {
    return this.#conversing.current.turns;
  }

  override willUpdate(): void {
    if (this.waiting !== undefined && (this.stage.is === "doorway" || this.stage.is === "gate")) {
      this.#composer?.giveBack(this.waiting);
      this.waiting = undefined;
    }
    const progress = progressOf(this.#conversing.current);
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.news = progress;
    }
  }

  override render(): TemplateResult {
    const { keeper, current } = this.#conversing;
    const isBeside = this.#wide.isWide && this.hasPanel && keeper.fault === undefined;
    return html`
      ${isBeside ? html`<aside aria-label="Conversations">${this.#history()}</aside>` : nothing}
      <div class="page">
        ${headerView({
          name: this.#opening.choice?.name ?? "",
          model: this.model,
          look: this.stage.is === "ready" ? this.#look : undefined,
          begin: () => void this.#conversing.open(undefined),
          list: this.#showHistory,
          settings: () => this.#find<SettingsView>("reckon-settings-dialog")?.open(),
          help: this.#help,
        })}
        <main ?data-over=${this.#drops.isOver} @ask=${this.#ask} @act=${this.#act} @told=${({ words }: Told) => (this.news = words)}>
          ${this.#stage()}
          ${this.waiting === undefined
            ? nothing
            : html`<p class="waiting" role="status"><b dir="auto">${this.waiting}</b> is asked as soon as the model is here.</p>`}
        </main>
        <footer>
          <reckon-composer ?ready=${this.#canBeAsked} ?running=${current.isRunning} ?thinking=${isThinkingLong(this.turns.at(-1))}
            @ask=${this.#ask} @stop=${this.#stop} @answer-now=${() => current.answerNow()} @last=${this.#editLast}></reckon-composer>
          <reckon-meter .statistics=${current.statistics}
            .context=${current.answerer?.context ?? 0}></reckon-meter>
          <p class="small">Answers are made on this device by a small model, and are often wrong. Nothing you write leaves this device.
            ${keeper.fault ? `Conversations are not kept: ${keeper.fault}.` : nothing}</p>
        </footer>
      </div>
      <p class="unseen" role="status">${this.news}</p>
      <dialog class="drawer" aria-label="Conversations" @click=${closeOutside}>
        ${isBeside ? nothing : this.#history()}
        <form method="dialog"><button class="link">Close</button></form>
      </dialog>
      <reckon-settings-dialog .budget=${current.wishes.maxThinking} 
        @budget=${({ budget }: Budgeted) => this.#conversing.choose({ maxThinking: budget })}>
        <reckon-settings .choice=${this.#opening.choice} @change=${({ answers }: Changed) => this.#conversing.choose(answers)}></reckon-settings>
        <reckon-theme></reckon-theme>
      </reckon-settings-dialog>
      <reckon-help></reckon-help>
    `;
  }

  override updated(changed: PropertyValues<this>): void {
    const [stage, before] = [this.stage, this.#drawn];
    this.#drawn = stage;
    if (stage.is !== before?.is && (stage.is === "ready" || before === undefined)) {
      void this.#composer?.updateComplete.then(() => this.#composer?.focus());
    }
    if (stage.is === "ready" && before?.is !== "ready") {
      this.dispatchEvent(new Event("model-ready"));
      (globalThis.requestIdleCallback ?? setTimeout)(() => void fetchProse().catch(() => undefined));
      if (this.waiting !== undefined) {
        void this.#put(this.waiting);
        this.waiting = undefined;
      }
    }
    if (changed.has("hasPanel") && changed.get("hasPanel") !== undefined) {
      keepPanel(this.hasPanel);
    }
  }

  #find<T extends Element>(name: string): T | null {
    return this.renderRoot.querySelector<T>(name);
  }

  #view(place: number): TurnView | undefined {
    return this.renderRoot.querySelectorAll<TurnView>("reckon-turn")[place];
  }

  get #composer(): Composer | null {
    return this.#find<Composer>("reckon-composer");
  }

  /** A question is asked at once, or waits for a model that is on its way. */
  get #canBeAsked(): boolean {
    return this.stage.is === "ready"
      ? !this.#conversing.current.fault
      : this.waiting === undefined && this.stage.is !== "doorway" && this.stage.is !== "gate";
  }

  #history(): TemplateResult {
    const { keeper, current } = this.#conversing;
    return html`<reckon-history .headings=${keeper.headings} .current=${current.id} .fault=${keeper.fault} .keeper=${keeper}
      @open=${this.#open} @rename=${({ id, title }: Renamed) => this.#conversing.rename(id, title)}></reckon-history>`;
  }

  #stage(): TemplateResult | typeof nothing {
    const [stage, opening] = [this.stage, this.#opening];
    const name = opening.choice?.name ?? "";
    switch (stage.is) {
      case "looking":
        return turnsView(this.#conversing.current);
      case "doorway":
        return html`<reckon-doorway .fault=${stage.fault} .isEmpty=${opening.choice === undefined} .hasModel=${opening.model !== undefined}
          @enter=${({ given }: Entered) => opening.bring(given)} @again=${() => opening.again()}
          @back=${() => opening.show(this.#conversing.current)} @take=${({ kept }: Taken) => opening.take(kept)}></reckon-doorway>`;
      case "gate":
        return html`<reckon-gate .repo=${stage.repo} .hasToken=${stage.hasToken}
          @admit=${({ token }: Admitted) => opening.admit(token)} @leave=${() => opening.leave()}></reckon-gate>`;
      case "asking":
        return html`<reckon-plan .plan=${stage.plan} .name=${name} .isLocal=${!!opening.choice && "files" in opening.choice.source}
          .isKept=${this.#wishes.load.keep}
          @decide=${(event: Decided) => stage.decide(event.goes)}></reckon-plan>`;
      case "loading":
        return html`${turnsView(this.#conversing.current)}
          <reckon-loading .progress=${stage.progress} .plan=${stage.plan} .name=${name} @stop=${() => stage.stop.abort()}></reckon-loading>`;
      case "ready":
        return conversationView(stage.conversation, opening.choice, () => opening.again());
    }
  }

  #ask = ({ question }: Asked): void => {
    if (this.stage.is === "ready") {
      void this.#put(question);
    } else {
      this.waiting = question;
    }
  };

  async #put(question: string): Promise<void> {
    const asked = this.#conversing.current.ask(question);
    this.#follow.toEnd();
    const refusal = await asked;
    if (refusal !== undefined) {
      this.#composer?.giveBack(question, refusal);
    }
  }

  /** Edits, regenerates or shows another version; the focus goes where that happens. */
  #act = async ({ turn, act }: Acted): Promise<void> => {
    const { current } = this.#conversing;
    const place = this.turns.indexOf(turn);
    if (act.is === "step") {
      current.step(turn, act.places);
      await this.updateComplete;
      await this.#view(place)?.updateComplete;
      this.#view(place)?.focusOn(act.places);
      return;
    }
    const asked = act.is === "edit" ? current.edit(turn, act.question) : current.regenerate(turn);
    await this.updateComplete;
    this.#view(place)?.focus({ preventScroll: true });
    this.#follow.toEnd();
    const refusal = await asked;
    if (refusal !== undefined) {
      this.#composer?.giveBack(act.is === "edit" ? act.question : "", refusal);
    }
  };

  #editLast = (): void => this.#view(this.turns.length - 1)?.edit();

  /** Ends what runs; tells whether anything did. */
  #stop = (): boolean => {
    const { current } = this.#conversing;
    current.stop();
    return current.isRunning;
  };

  #look = (): void => {
    this.#stop();
    this.#opening.leave();
  };

  #help = (): void => this.#find<HelpView>("reckon-help")?.open();

  #showHistory = (): void => {
    if (this.#wide.isWide && this.#conversing.keeper.fault === undefined) {
      this.hasPanel = !this.hasPanel;
    } else {
      this.#find<HTMLDialogElement>(".drawer")?.showModal();
    }
  };

  #open = ({ id }: Opened): void => {
    this.#find<HTMLDialogElement>(".drawer")?.close();
    void this.#conversing.open(id);
  };

  #shown(conversation: Conversation, isToWrite: boolean): void {
    if (isToWrite || this.stage.is === "ready") {
      this.#opening.show(conversation);
    }
    if (isToWrite) {
      void this.updateComplete.then(() => {
        this.#follow.toEnd();
        this.#composer?.focus();
      });
    }
  }

  static override styles = [base, dialogStyles, styles];
}

customElements.define("reckon-app", App);
