import { css, html, LitElement, type TemplateResult } from "lit";

import { base } from "./base_styles";
import { chooseTheme, keptTheme, type Theme } from "./theme";

const WORDS: readonly (readonly [theme: Theme, words: string])[] = [
  ["system", "System"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** A switch between light, dark, and what the system has. */
export class ThemeSwitch extends LitElement {
  static override properties = { theme: { state: true } };

  theme = keptTheme();

  override render(): TemplateResult {
    return html`<fieldset>
      <legend>Colours</legend>
      ${WORDS.map(
        ([theme, words]) => html`<label>
          <input type="radio" name="theme" .checked=${this.theme === theme} @change=${() => this.#choose(theme)} /><span>${words}</span>
        </label>`,
      )}
    </fieldset>`;
  }

  #choose(theme: Theme): void {
    this.theme = theme;
    chooseTheme(theme);
  }

  static override styles = [base, css`
    :host {
      display: inline-block;
    }
    fieldset {
      display: flex;
      margin: 0;
      padding: 0;
      border: 0;
      font-size: 0.85rem;
    }
    legend {
      float: inline-start;
      padding: 0.2rem 0.7rem 0.2rem 0;
      color: var(--soft);
    }
    label {
      position: relative;
      cursor: pointer;
    }
    input {
      position: absolute;
      inset: 0;
      margin: 0;
      opacity: 0;
      cursor: pointer;
    }
    span {
      display: block;
      padding: 0.2rem 0.65rem;
      border-radius: 6px;
      color: var(--soft);
    }
    :checked + span {
      background: var(--sunken);
      color: var(--ink);
      font-weight: 600;
    }
    :focus-visible + span {
      outline: 2px solid var(--accent);
    }
  `];
}

customElements.define("reckon-theme", ThemeSwitch);
