import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import "./answer_view";
import { copyText } from "../prose/clipboard";
import { base } from "./base_styles";
import { define } from "./define";
import { ENDINGS } from "./ending";
import { Told } from "./news";
import { speed, time, tokens } from "./quantities";
import { Thoughts } from "./thoughts";
import { isThinkingLong, type Turn } from "./turn";
import { turnStyles } from "./turn_styles";

/** More of a question is not drawn. */
const MOST_OF_A_QUESTION = 20_000;
/** So much of the thinking's end stands where the answer will. */
const GLIMPSE_CHARACTERS = 90;
/** For so long a button says that it has copied. */
const COPIED_MS = 2000;

/** What a reader wants of a turn. */
export type Act =
  | { readonly is: "edit"; readonly question: string }
  | { readonly is: "regenerate" }
  | { readonly is: "step"; readonly places: -1 | 1 };

/** A reader wants something of a turn. */
export class Acted extends Event {
  constructor(
    readonly turn: Turn,
    readonly act: Act,
  ) {
    super("act", { bubbles: true, composed: true });
  }
}

/** A question, its thinking and its answer. What the model says is only ever text. */
export class TurnView extends LitElement {
  static override properties = {
    turn: { attribute: false },
    revision: { attribute: false },
    version: { attribute: false },
    versions: { attribute: false },
    canAsk: { attribute: false },
    model: { attribute: false },
    isEdited: { state: true },
    copied: { state: true },
  };

  turn!: Turn;
  /** Counts the turn's changes, so that each is drawn. */
  revision = 0;
  /** Which of how many versions it is. */
  version = 1;
  versions = 1;
  /** Something can be asked. */
  canAsk = false;
  /** The model that answers now. */
  model = "";
  isEdited = false;
  /** Which button has just copied. */
  copied: "answer" | "thinking" | undefined;
  #copyWords = "";
  /** Whether the reader opened or closed the thinking; until then it is open while it lasts. */
  #chosen: boolean | undefined;
  #thoughts: Thoughts | undefined;
  #hidden = 0;

  override render(): TemplateResult {
    const { turn } = this;
    return html`
      <h2 class="label" id="who" tabindex="-1">You</h2>
      ${this.isEdited ? this.#form(turn) : this.#question(turn)}
      ${turn.thinking.trim() === "" ? nothing : this.#thinking(turn)}
      <h3 class="label">Answer</h3>
      <div class="answer" part="answer" dir="auto">${this.#answer(turn)}</div>
      <p class="numbers" part="numbers">${this.#numbers(turn)}</p>
      <div class="actions" part="actions">${turn.isRunning ? nothing : this.#actions(turn)}</div>
    `;
  }

  override updated(changed: PropertyValues<this>): void {
    const place = this.renderRoot.querySelector(".thoughts > div");
    if (place) {
      this.#thoughts ??= new Thoughts(place);
      this.#thoughts.draw(this.turn.thinking.trimStart());
      if (this.#thoughts.hidden !== this.#hidden) {
        this.#hidden = this.#thoughts.hidden;
        this.requestUpdate();
      }
    }
    if (changed.has("isEdited") && this.isEdited) {
      const text = this.renderRoot.querySelector("textarea");
      text?.focus();
      text?.setSelectionRange(text.value.length, text.value.length);
    }
  }

  /** Puts the focus where the turn begins; a host that could be focused itself would keep Tab from what is inside. */
  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector("h2")?.focus(options);
  }

  /** Makes a text field of the question. */
  edit(): void {
    this.isEdited = this.canAsk;
  }

  /** Puts the focus on a button of the version's; on the turn itself where that cannot have it. */
  focusOn(places: -1 | 1): void {
    const [previous, next] = this.renderRoot.querySelectorAll<HTMLButtonElement>(".versions button");
    const wanted = places < 0 ? [previous, next] : [next, previous];
    (wanted.find((button) => button && !button.disabled) ?? this).focus();
  }

  #question({ question }: Turn): TemplateResult {
    const rest = question.length - MOST_OF_A_QUESTION;
    return html`<p class="question" part="question" dir="auto" aria-labelledby="who">${question.slice(0, MOST_OF_A_QUESTION)}${rest > 0
      ? `… (${rest.toLocaleString()} more characters)`
      : nothing}</p>`;
  }

  #form({ question }: Turn): TemplateResult {
    return html`
      <form class="edit" @submit=${this.#submit} @keydown=${this.#key}>
        <textarea rows="1" dir="auto" aria-label="Your question, to be asked anew" .defaultValue=${question}></textarea>
        <button class="main">Ask again</button>
        <button type="button" @click=${this.#cancel}>Cancel</button>
      </form>
    `;
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.#cancel();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      event.target.form?.requestSubmit();
    }
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const question = this.renderRoot.querySelector("textarea")?.value.trim() ?? "";
    if (question !== "" && this.canAsk) {
      this.isEdited = false;
      this.dispatchEvent(new Acted(this.turn, { is: "edit", question }));
    }
  };

  #cancel = (): void => {
    this.isEdited = false;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("#edit")?.focus());
  };

  #thinking(turn: Turn): TemplateResult {
    const isOpen = this.#chosen ?? isThinkingLong(turn);
    const spent = time(turn.thinkingMs);
    const state = turn.isThinking ? "Thinking" : "Thought";
    const amount = turn.cutShort === undefined || turn.isThinking
      ? tokens(turn.thinkingTokens)
      : html`<strong>cut short after ${tokens(turn.cutShort)}</strong>`;
    const choose = (event: Event) => {
      event.preventDefault();
      this.#choose(!isOpen);
    };
    // Who reads in it is not to have it folded away.
    const stay = () => isOpen && this.#choose(true);
    return html`
      <h3 class="label" aria-hidden="true">Thinking</h3>
      <details class="thinking" part="thinking" ?open=${isOpen}>
        <summary @click=${choose}>
          <span class="state" ?data-live=${turn.isThinking}>${state}</span>
          for ${spent}, ${amount}
        </summary>
        ${this.#hidden === 0 ? nothing : this.#earlier(turn)}
        <div class="thoughts" tabindex="0" role="group" aria-label="Thinking" @wheel=${stay} @pointerdown=${stay} @keydown=${stay}><div></div></div>
      </details>
    `;
  }

  #choose(isOpen: boolean): void {
    this.#chosen = isOpen;
    this.requestUpdate();
  }

  #earlier(turn: Turn): TemplateResult {
    const more = () => {
      this.#thoughts?.more();
      this.requestUpdate();
    };
    return html`
      <p class="earlier">
        ${this.#hidden.toLocaleString()} characters before this are not shown.
        <button type="button" class="quiet" @click=${more}>Show more</button>
        <button type="button" class="quiet" @click=${() => this.#copy("thinking", turn.thinking.trim())}>
          ${this.copied === "thinking" ? this.#copyWords : "Copy all of it"}
        </button>
      </p>
    `;
  }

  #answer(turn: Turn): TemplateResult | typeof nothing {
    if (turn.fault !== undefined) {
      return html`${this.#text(turn)}<span class="fault" role="alert">${turn.fault}</span>`;
    }
    if (turn.isRunning && turn.answer === "") {
      return this.#waiting(turn);
    }
    if (turn.answer === "") {
      return html`<span class="waiting">no answer</span>`;
    }
    return this.#text(turn);
  }

  /** What stands in the answer's place until it comes: of thinking that is not open, its last words. */
  #waiting(turn: Turn): TemplateResult {
    if (!turn.isThinking || (this.#chosen ?? isThinkingLong(turn))) {
      return html`<span class="waiting">${turn.isThinking ? "after the thinking" : "reading your question"}</span>`;
    }
    const end = turn.thinking.slice(-GLIMPSE_CHARACTERS);
    return html`<span class="glimpse" aria-hidden="true"><bdi>${end.replace(/^\S*\s/, "").replace(/\s+/g, " ")}</bdi></span>`;
  }

  #text({ answer, isRunning }: Turn): TemplateResult | typeof nothing {
    return answer === "" ? nothing : html`<reckon-answer .text=${answer} .isRunning=${isRunning}></reckon-answer>`;
  }

  #numbers(turn: Turn): TemplateResult | typeof nothing {
    const seen = turn.statistics;
    const ending = turn.reason && ENDINGS[turn.reason];
    const words: string[] = [];
    if (turn.model && turn.model !== this.model) {
      words.push(turn.model);
    }
    if (seen && seen.completion_tokens > 0) {
      words.push(tokens(seen.completion_tokens));
      if (seen.completion_tokens > 1 && seen.decode_tokens_per_s > 0) {
        words.push(speed(seen.decode_tokens_per_s));
      }
      words.push(`first token after ${time(seen.prefill_ms)}`);
      if (seen.cached_tokens > 0) {
        words.push(`${seen.cached_tokens} of ${tokens(seen.prompt_tokens)} reused`);
      }
    }
    const temperature = turn.settings?.sampling.temperature;
    if (this.versions > 1 && temperature !== undefined) {
      words.push(`temperature ${temperature.toLocaleString()}`);
    }
    const separator = words.length > 0 && ending ? " · " : nothing;
    return html`${words.join(" · ")}${separator}${ending ? html`<strong>${ending}</strong>` : nothing}`;
  }

  #actions(turn: Turn): TemplateResult {
    const act = (act: Act) => () => this.dispatchEvent(new Acted(turn, act));
    return html`
      ${turn.answer === ""
        ? nothing
        : html`<button type="button" class="quiet" @click=${() => this.#copy("answer", turn.answer)}>
            ${this.copied === "answer" ? this.#copyWords : "Copy"}
          </button>`}
      <button type="button" class="quiet" ?disabled=${!this.canAsk} @click=${act({ is: "regenerate" })}>Regenerate</button>
      <button type="button" class="quiet" id="edit" ?disabled=${!this.canAsk} @click=${this.edit}>Edit question</button>
      ${this.versions < 2
        ? nothing
        : html`<span class="versions" role="group" aria-label="Versions">
            <button type="button" class="quiet" aria-label="Previous version" ?disabled=${!this.canAsk || this.version === 1}
              @click=${act({ is: "step", places: -1 })}>‹</button>
            ${this.version} of ${this.versions}
            <button type="button" class="quiet" aria-label="Next version" ?disabled=${!this.canAsk || this.version === this.versions}
              @click=${act({ is: "step", places: 1 })}>›</button>
          </span>`}
    `;
  }

  async #copy(what: "answer" | "thinking", text: string): Promise<void> {
    this.#copyWords = (await copyText(text)) ? "Copied" : "The browser does not let this page copy";
    this.copied = what;
    this.dispatchEvent(new Told(this.#copyWords));
    setTimeout(() => (this.copied = undefined), COPIED_MS);
  }

  static override styles = [base, turnStyles];
}

define("reckon-turn", TurnView);
