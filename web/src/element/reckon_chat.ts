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
import "../page/turn_view";
import { type Device, type Dtype, type Reckon, ReckonError } from "../engine/reckon";
import type { Answering, Choice } from "../page/address";
import { base } from "../page/base_styles";
import type { Asked, Composer } from "../page/composer";
import { controls } from "../page/controls";
import { define } from "../page/define";
import type { Turn } from "../page/turn";
import { preset, PRESETS } from "../presets/presets";
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
  #named: { readonly model: string; readonly choice: Promise<Choice> } | undefined;
  #choice: Choice | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  readonly #chat = new Chat(
    {
      model: () => this.#look(),
      key: () => JSON.stringify([this.model, this.dtype, this.device]),
      loading: () => ({ ...(this.dtype ? { dtype: this.dtype } : {}), ...(this.device ? { device: this.device } : {}), keep: true }),
      answering: (choice) => this.#answering(choice),
      text: () => (this.context === null ? "" : textOf(this.context, this.ownerDocument)),
    },
    { changed: () => this.revision++, tell: (name, detail) => tell(this, name, detail) },
  );

  constructor() {
    super();
    new KeepEnd(this, () => this.renderRoot.querySelector(".turns"));
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
    const { stage, turns, waiting, isRunning } = this.#chat;
    const name = this.#choice?.name;
    const hasExamples = this.querySelector(':scope > [slot="examples"]') !== null;
    const steps = { load: this.#load, stop: () => this.stop() };
    return html`
      <section class="frame" part="frame" aria-label=${name ?? "Chat"} @ask=${this.#hear} @click=${this.#press}>
        <slot name="heading"><p class="name" part="heading">${name ?? nothing}</p></slot>
        <div class="turns" part="conversation" role="group" aria-label="Conversation" tabindex=${turns.length > 0 ? 0 : nothing}>
          ${turns.length > 0 ? this.#turns() : beginningView(stage, this.#choice, hasExamples, steps)}
        </div>
        ${waiting === undefined || stage.is === "ready"
          ? nothing
          : html`<p class="waiting" part="waiting"><b>${waiting}</b> is asked as soon as the model is here.</p>`}
        ${this.context === null ? nothing : html`<p class="note" part="context">${this.#given()}</p>`}
        <reckon-composer exportparts="composer, input, ask, stop" .placeholder=${this.placeholder} ?running=${isRunning}
          ?ready=${waiting === undefined && stage.is !== "asking" && !this.#chat.isBroken} @stop=${steps.stop}></reckon-composer>
        <slot name="footer"><p class="small" part="footer">
          Answers are made on this device by a small model, and are often wrong. Nothing you write leaves this page.
        </p></slot>
        <p class="unseen" role="status">${this.#news()}</p>
      </section>
    `;
  }

  #turns(): TemplateResult {
    const view = (turn: Turn) =>
      html`<reckon-turn exportparts="question, thinking, answer, numbers" .turn=${turn} .revision=${this.revision}></reckon-turn>`;
    const again = () => this.#chat.again().catch(() => undefined);
    return html`
      ${this.turns.map(view)}
      ${this.#chat.isBroken ? html`<button type="button" @click=${again}>Load the model again</button>` : nothing}
    `;
  }

  #given(): string {
    const { page } = this.#chat;
    return page ? excerptWords(page) : "The text of this page is given to the model, as far as there is room for it.";
  }

  #news(): string {
    const last = this.turns.at(-1);
    if (this.#chat.isRunning) {
      return last?.isThinking ? "Thinking" : "Answering";
    }
    return last ? "Done" : this.engine ? "The model is here" : "";
  }

  #answering(choice: Choice): Answering {
    const subject = this.preset === null ? undefined : preset(this.preset);
    if (this.preset !== null && subject === undefined) {
      const known = PRESETS.map(({ name }) => name).join(", ");
      throw new ReckonError({ code: "options", message: `preset: there is none called ${JSON.stringify(this.preset)}; there are ${known}` });
    }
    return {
      sampling: { ...choice.card?.sampling, ...subject?.sampling },
      maxTokens: choice.card?.maxTokens,
      maxThinking: this.maxThinking ?? undefined,
      system: this.system ?? subject?.system,
    };
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
    void this.#put(event.question);
  };

  /** An example of the page's own is asked where it is pressed. */
  #press = (event: Event): void => {
    const [pressed] = event.composedPath();
    const example = pressed instanceof Element ? pressed.closest<HTMLElement>('[slot="examples"] *, [slot="examples"]') : null;
    const question = example?.innerText.trim();
    if (question && this.turns.length === 0) {
      void this.#put(question);
    }
  };

  /** Asks for a reader: a question that was not asked is given back, with the words why unless they are shown already. */
  async #put(question: string): Promise<void> {
    try {
      await this.ask(question);
    } catch (thrown) {
      if (this.turns.at(-1)?.question === question) {
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
