import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { base } from "./base_styles";
import { define } from "./define";

/** A question that was asked. */
export class Asked extends Event {
  constructor(readonly question: string) {
    super("ask", { bubbles: true, composed: true });
  }
}

/** Where questions are written; its buttons ask, stop what runs, or end its thinking. */
export class Composer extends LitElement {
  static override properties = {
    running: { type: Boolean },
    thinking: { type: Boolean },
    ready: { type: Boolean },
    placeholder: {},
    refusal: { state: true },
  };

  running = false;
  /** What runs thinks, and can be made to answer. */
  thinking = false;
  /** A question can be written. */
  ready = false;
  /** What stands where a question can be written and none is. */
  placeholder = "Ask something";
  /** Why the last question was not asked. */
  refusal: string | undefined;

  override render(): TemplateResult {
    const placeholder = this.ready ? this.placeholder : "Ask once the model is here";
    return html`
      ${this.refusal === undefined ? nothing : html`<p role="alert">Not asked: ${this.refusal}.</p>`}
      <form part="composer" @submit=${this.#submit}>
        <textarea part="input" rows="1" aria-label="Your question" dir="auto" placeholder=${placeholder} ?disabled=${!this.ready}
          @keydown=${this.#key}></textarea>
        ${this.running && this.thinking
          ? html`<button type="button" class="second" part="answer-now" title="End the thinking (Ctrl+Enter)" @click=${this.#answerNow}>Answer now</button>`
          : nothing}
        <button type=${this.running ? "button" : "submit"} class=${this.running ? "second" : "first"} part=${this.running ? "stop" : "ask"}
          ?disabled=${!this.running && !this.ready} @click=${this.#press}>${this.running ? "Stop" : "Ask"}</button>
      </form>
    `;
  }

  /** Puts the caret where questions are written. */
  override focus(): void {
    this.#text.focus();
  }

  /** Gives a question back that was not asked, unless another is being written; with the words why, where there are any. */
  giveBack(question: string, why?: string): void {
    this.refusal = why;
    if (this.#text.value === "") {
      this.#text.value = question;
    }
  }

  get #text(): HTMLTextAreaElement {
    return this.renderRoot.querySelector("textarea") as HTMLTextAreaElement;
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.running) {
      event.preventDefault();
      this.#answerNow();
      return;
    }
    if (event.key === "ArrowUp" && this.#text.value === "") {
      event.preventDefault();
      this.dispatchEvent(new Event("last"));
    }
    // While characters are being composed, Enter chooses one.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#ask();
    }
  }

  /** One button, which asks or stops: it stays where the focus is. */
  #press(): void {
    if (this.running) {
      this.dispatchEvent(new Event("stop"));
    }
  }

  #answerNow(): void {
    this.dispatchEvent(new Event("answer-now"));
    // The button goes with the thinking; what was focused is not to be lost with it.
    this.focus();
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    this.#ask();
  }

  #ask(): void {
    const question = this.#text.value.trim();
    if (question !== "" && this.ready && !this.running) {
      this.#text.value = "";
      this.refusal = undefined;
      this.dispatchEvent(new Asked(question));
    }
    this.focus();
  }

  static override styles = [base, css`
    p {
      margin: 0 0 0.5rem;
      color: var(--fault);
      font-size: 0.92rem;
      overflow-wrap: anywhere;
    }
    form {
      display: flex;
      align-items: flex-end;
      gap: 0.5rem;
      padding: 0.45rem;
      border: 1px solid var(--faint);
      border-radius: 14px;
      background: var(--raised);
    }
    form:focus-within {
      border-color: var(--accent);
      box-shadow: 0 0 0 1px var(--accent);
    }
    textarea {
      /* Its content may make it taller, never wider. */
      flex: 1 1 0;
      width: 0;
      min-width: 0;
      max-height: 40vh;
      padding: 0.45rem 0.6rem;
      border: 0;
      outline: 0;
      background: none;
      color: inherit;
      font: 1rem/1.5 var(--sans);
      resize: none;
      field-sizing: content;
    }
    textarea::placeholder {
      color: var(--soft);
      opacity: 1;
    }
    button {
      min-width: 4.6rem;
      padding: 0.5rem 1rem;
      border: 1px solid var(--accent);
      border-radius: 9px;
      background: var(--accent);
      color: var(--on-accent);
      font: 600 0.95rem/1.4 var(--sans);
      white-space: nowrap;
      cursor: pointer;
    }
    button.second {
      background: none;
      color: var(--accent);
    }
    button:disabled {
      opacity: 0.45;
      cursor: default;
    }
    button:focus-visible {
      outline: 2px solid var(--accent);
      outline-offset: 2px;
    }
  `];
}

define("reckon-composer", Composer);
