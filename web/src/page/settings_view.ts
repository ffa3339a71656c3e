import { css, html, LitElement, type TemplateResult } from "lit";

import { base } from "./base_styles";
import { controls } from "./controls";
import { closeOutside, dialogStyles } from "./dialog_styles";

/** Budgets that are offered; another can be typed. */
const BUDGETS = [256, 1024, 4096];

/** The visitor sets how long a model may think; without a number, as long as it likes. */
export class Budgeted extends Event {
  constructor(readonly budget: number | undefined) {
    super("budget", { bubbles: true, composed: true });
  }
}

/** How questions are answered, in a dialog: the thinking budget, and in its slot whatever else can be set. */
export class SettingsView extends LitElement {
  static override properties = { budget: { attribute: false } };

  /** Most tokens of thinking. */
  budget: number | undefined;

  override render(): TemplateResult {
    const isOther = this.budget !== undefined && !BUDGETS.includes(this.budget);
    return html`
      <dialog aria-labelledby="title" @click=${closeOutside}>
        <h2 id="title">Settings</h2>
        <fieldset>
          <legend>Thinking budget</legend>
          <p>After so many tokens the thinking is closed and the model answers with what it has.</p>
          <div class="choices">
            ${this.#choice(undefined, "none")}
            ${BUDGETS.map((budget) => this.#choice(budget, budget.toLocaleString()))}
            <label class="other" ?data-chosen=${isOther}>
              or
              <input type="number" min="1" step="1" inputmode="numeric" aria-label="Another budget, in tokens"
                .value=${isOther ? String(this.budget) : ""} placeholder="number" @change=${this.#type} />
              tokens
            </label>
          </div>
        </fieldset>
        <slot></slot>
        <form method="dialog"><button class="close main">Done</button></form>
      </dialog>
    `;
  }

  /** Opens it; what else can be set comes with it. */
  open(): void {
    import("./settings_panel").catch(() => undefined);
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  #choice(budget: number | undefined, words: string): TemplateResult {
    return html`<label class="choice">
      <input type="radio" name="budget" .checked=${this.budget === budget} @change=${() => this.#set(budget)} />
      <span>${words}</span>
    </label>`;
  }

  #type(event: Event): void {
    const typed = Number((event.target as HTMLInputElement).value);
    if (Number.isInteger(typed) && typed > 0) {
      this.#set(typed);
    }
  }

  #set(budget: number | undefined): void {
    this.budget = budget;
    this.dispatchEvent(new Budgeted(budget));
  }

  static override styles = [base, controls, dialogStyles, css`
    fieldset {
      margin: 0 0 1.2rem;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0;
      font-weight: 600;
    }
    p {
      margin: 0.2rem 0 0.8rem;
      color: var(--soft);
      font-size: 0.9rem;
    }
    .choices {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
      align-items: center;
    }
    .choice {
      position: relative;
      cursor: pointer;
    }
    .choice input {
      position: absolute;
      inset: 0;
      margin: 0;
      opacity: 0;
      cursor: pointer;
    }
    .choice span {
      display: block;
      padding: 0.4rem 0.9rem;
      border: 1px solid var(--faint);
      border-radius: 9px;
      background: var(--raised);
      font-variant-numeric: tabular-nums;
    }
    .choice :checked + span {
      border-color: var(--accent);
      background: var(--accent);
      color: var(--on-accent);
      font-weight: 600;
    }
    .choice :focus-visible + span,
    input[type="number"]:focus-visible {
      outline: 2px solid var(--accent);
      outline-offset: 2px;
    }
    .other {
      color: var(--soft);
    }
    .other[data-chosen] {
      color: var(--ink);
      font-weight: 600;
    }
    input[type="number"] {
      width: 6.5rem;
      padding: 0.4rem 0.6rem;
      border: 1px solid var(--faint);
      border-radius: 9px;
      background: var(--raised);
      color: inherit;
      font: inherit;
    }
    .other[data-chosen] input {
      border-color: var(--accent);
    }
  `];
}

customElements.define("reckon-settings-dialog", SettingsView);
