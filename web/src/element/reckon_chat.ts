/**
 * `<reckon-chat>`: a model in any page, by one script and one element.
 *
 * ```html
 * <script type="module" src="reckon/reckon-chat.js"></script>
 * <reckon-chat context="main"></reckon-chat>
 * ```
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import "../page/composer";
import type { Device, Dtype, Reckon, ReckonError } from "../engine/reckon";
import type { Choice } from "../page/address";
import { base } from "../page/base_styles";
import type { Asked, Composer } from "../page/composer";
import { controls } from "../page/controls";
import type { Conversation } from "../page/conversation";
import { turnsView } from "../page/conversation_view";
import { define } from "../page/define";
import { progressOf, type Told } from "../page/news";
import { isThinkingLong, type Turn } from "../page/turn";
import type { Acted, TurnView } from "../page/turn_view";
import { answering } from "./answering";
import { beginningView } from "./beginning_view";
import { Chat } from "./chat";
import { styles } from "./element_styles";
import { KeepEnd } from "./keep_end";
import { EMBEDDED, namedModel } from "./named_model";
import { excerptWords, textOf } from "./page_text";
import { type Answer, tell } from "./told";

/** An element that comes back in this time was moved, and keeps its conversation. */
const GRACE_MS = 3000;
const SCRIPT = new URL(import.meta.url);

/** A conversation with a model, in the page around it. Attributes are read when a conversation begins. */
export class ReckonChat extends LitElement {
  static override properties = {
    model: { reflect: true, useDefault: true },
    system: { reflect: true },
    preset: { reflect: true },
    placeholder: { reflect: true, useDefault: true },
    theme: { reflect: true, useDefault: true },
    context: { reflect: true },
    dtype: { reflect: true },
    device: { reflect: true },
    maxThinking: { attribute: "max-thinking", type: Number, reflect: true },
    autoLoad: { attribute: "auto-load", type: Boolean, reflect: true },
    revision: { state: true },
    news: { state: true },
  };

  /** `reckon-mini` for the model beside the script, an address, or `owner/name` of a hub. */
  model: string = EMBEDDED;
  /** The system message, in place of the preset's or the model's own. */
  system: string | null = null;
  /** A subject: `mathematics`, `python`, `cpp` or `science`. */
  preset: string | null = null;
  /** What stands where questions are written. */
  placeholder = "Ask something";
  /** `auto` is the page's own colour scheme. */
  theme: "light" | "dark" | "auto" = "auto";
  /** A selector: the text of what it selects is given to the model, as far as there is room. */
  context: string | null = null;
  /** How matrices are held. */
  dtype: Dtype | null = null;
  /** What computes. */
  device: Device | null = null;
  /** Most tokens of thinking. */
  maxThinking: number | null = null;
  /** Load at once, not on the first question. */
  autoLoad = false;
  /** Counts changes, so that each is drawn. */
  revision = 0;
  /** What a screen reader is told. */
  news = "";
  #progress = "";
  #named: { readonly model: string; readonly choice: Promise<Choice> } | undefined;
  #choice: Choice | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  readonly #chat = new Chat(
    {
      model: () => this.#look(),
      key: () => JSON.stringify([this.model, this.dtype, this.device]),
      loading: () => ({ ...(this.dtype ? { dtype: this.dtype } : {}), ...(this.device ? { device: this.device } : {}), keep: true }),
      answering: (choice) => answering(this, choice),
      text: () => (this.context === null ? "" : textOf(this.context, this.ownerDocument)),
    },
    { changed: () => this.revision++, tell: (name, detail) => tell(this, name, detail) },
  );

  constructor() {
    super();
    new KeepEnd(this, () => (this.turns.length > 0 ? this.renderRoot.querySelector(".turns") : null));
  }

  /** The loaded engine, shared with every element of the page that asks for the same. */
  get engine(): Reckon | undefined {
    const { stage } = this.#chat;
    return stage.is === "ready" ? stage.model : undefined;
  }

  /** What was asked and answered. */
  get turns(): readonly Turn[] {
    return this.#chat.turns;
  }

  /** Loads the model; resolves with the engine. */
  load(): Promise<Reckon> {
    return this.#chat.load();
  }

  /** Asks, after loading where that is needed; resolves with the whole answer. */
  ask(question: string): Promise<Answer> {
    return this.#chat.ask(question);
  }

  /** Ends the answer that is on its way, or the loading; what has come stays. */
  stop(): void {
    this.#chat.stop();
  }

  /** Ends the thinking: the model answers from there on. */
  answerNow(): void {
    this.#chat.answerNow();
  }

  /** Forgets the conversation. The next question begins another, with the attributes as they are then. */
  clear(): void {
    this.#chat.clear();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    clearTimeout(this.#leaving);
    this.#look().catch(() => undefined);
    void this.updateComplete.then(() => this.#matchText());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leaving = setTimeout(() => this.#chat.leave(), GRACE_MS);
  }

  override willUpdate(): void {
    const { conversation } = this.#chat;
    const progress = conversation ? progressOf(conversation) : this.engine ? "The model is here" : "";
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.news = progress;
    }
  }

  override updated(changed: PropertyValues<this>): void {
    const isOther = changed.has("model") || changed.has("dtype") || changed.has("device");
    if (isOther) {
      this.#chat.check();
      this.#look().catch(() => undefined);
    }
    if (this.autoLoad && (isOther || changed.has("autoLoad"))) {
      this.#load();
    }
  }

  override render(): TemplateResult {
    const { stage, turns, waiting, conversation } = this.#chat;
    const isRunning = conversation?.isRunning ?? false;
    const name = this.#choice?.name;
    const hasExamples = this.querySelector(':scope > [slot="examples"]') !== null;
    const steps = { load: this.#load, stop: () => this.stop() };
    return html`
      <section class="frame" part="frame" aria-label=${name ?? "Chat"} @ask=${this.#hear} @act=${this.#act} @told=${this.#notice}
        @click=${this.#press}>
        <slot name="heading">${turns.length > 0 ? html`<p class="name" part="heading">${name}</p>` : nothing}</slot>
        <div class="turns" part="conversation" role="group" aria-label="Conversation" tabindex=${turns.length > 0 ? 0 : nothing}>
          ${conversation && turns.length > 0 ? this.#turns(conversation) : beginningView(stage, this.#choice, hasExamples, steps)}
        </div>
        ${waiting === undefined || stage.is === "ready"
          ? nothing
          : html`<p class="waiting" part="waiting"><b>${waiting}</b> is asked as soon as the model is here.</p>`}
        ${this.context === null ? nothing : html`<p class="note" part="context">${this.#given()}</p>`}
        <reckon-composer exportparts="composer, input, ask, stop, answer-now" .placeholder=${this.placeholder}
          ?running=${isRunning} ?thinking=${isThinkingLong(turns.at(-1))}
          ?ready=${waiting === undefined && stage.is !== "asking" && conversation?.fault === undefined}
          @stop=${steps.stop} @answer-now=${() => this.answerNow()} @last=${this.#editLast}></reckon-composer>
        <slot name="footer"><p class="small" part="footer">
          Answers are made on this device by a small model, and are often wrong. Nothing you write leaves this page.
        </p></slot>
        <p class="unseen" role="status">${this.news}</p>
      </section>
    `;
  }

  #turns(conversation: Conversation): TemplateResult {
    const again = () => this.#chat.again().catch(() => undefined);
    return html`
      ${turnsView(conversation)}
      ${conversation.fault === undefined ? nothing : html`<button type="button" @click=${again}>Load the model again</button>`}
    `;
  }

  #given(): string {
    const { page } = this.#chat;
    return page ? excerptWords(page) : "The text of this page is given to the model, as far as there is room for it.";
  }

  /** Finds the model that the element names; again where that failed. */
  #look(): Promise<Choice> {
    if (this.#named?.model !== this.model) {
      const named = { model: this.model, choice: namedModel(this.model, SCRIPT) };
      const settle = (choice: Choice | undefined) => {
        if (this.#named === named) {
          this.#named = choice && named;
          this.#choice = choice;
          this.revision++;
        }
      };
      named.choice.then(settle, () => settle(undefined));
      this.#named = named;
    }
    return this.#named.choice;
  }

  #load = (): void => {
    // What keeps it from loading is shown, and told.
    this.load().catch(() => undefined);
  };

  #hear = (event: Asked): void => {
    event.stopPropagation();
    void this.#try(event.question, this.ask(event.question));
  };

  #act = (event: Acted): void => {
    event.stopPropagation();
    const { turn, act } = event;
    void this.#try(act.is === "edit" ? act.question : "", this.#chat.act(turn, act));
  };

  #notice = (event: Told): void => {
    event.stopPropagation();
    this.news = event.words;
  };

  #editLast = (): void => {
    Array.from(this.renderRoot.querySelectorAll<TurnView>("reckon-turn")).at(-1)?.edit();
  };

  /** An example of the page's own is asked where it is pressed. */
  #press = (event: Event): void => {
    const [pressed] = event.composedPath();
    const example = pressed instanceof Element ? pressed.closest<HTMLElement>('[slot="examples"] *, [slot="examples"]') : null;
    const question = example?.innerText.trim();
    if (question && this.turns.length === 0) {
      void this.#try(question, this.ask(question));
    }
  };

  /** A question that was not asked is given back to its reader, with the words why unless they are shown already. */
  async #try(question: string, asked: Promise<unknown>): Promise<void> {
    try {
      await asked;
    } catch (thrown) {
      if (this.#chat.conversation?.fault !== undefined) {
        return;
      }
      const { message, code } = thrown as ReckonError;
      const isShown = this.#chat.stage.is === "failed" || code === "aborted";
      this.renderRoot.querySelector<Composer>("reckon-composer")?.giveBack(question, isShown ? undefined : message);
    }
  }

  /** Text here is as large as around the element, whatever a page has made of `rem`, in which sizes are given here. */
  #matchText(): void {
    const size = (element: Element) => Number.parseFloat(getComputedStyle(element).fontSize);
    const frame = this.renderRoot.querySelector<HTMLElement>(".frame");
    frame?.style.setProperty("zoom", String(size(this) / size(this.ownerDocument.documentElement)));
  }

  static override styles = [base, controls, styles];
}

declare global {
  interface HTMLElementTagNameMap {
    "reckon-chat": ReckonChat;
  }
}

define("reckon-chat", ReckonChat);
