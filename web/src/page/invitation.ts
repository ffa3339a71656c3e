import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { about } from "./about";
import { base } from "./base_styles";
import type { Card } from "./card";
import { Asked } from "./composer";
import { controls } from "./controls";
import { define } from "./define";
import { bytes } from "./quantities";

/** What stands where a conversation has not begun: what the model is, and questions to begin with. */
export class Invitation extends LitElement {
  static override properties = { name: { attribute: false }, card: { attribute: false } };

  name = "";
  /** What is said of it, where it lies beside the app. */
  card: Card | undefined;

  override render(): TemplateResult {
    const { name, card } = this;
    const facts = [card?.size_bytes === undefined ? "" : bytes(card.size_bytes), card?.licence ?? ""].filter((fact) => fact);
    return html`
      <p class="invitation">Ask ${name} a question.</p>
      <p class="about">${card?.about ?? about(name)}</p>
      ${facts.length === 0 ? nothing : html`<p class="facts">${facts.join(" · ")}</p>`}
      ${card && card.examples.length > 0
        ? html`<ul aria-label="Examples">
            ${card.examples.map((example) => html`<li><button type="button" @click=${() => this.dispatchEvent(new Asked(example))}>${example}</button></li>`)}
          </ul>`
        : nothing}
    `;
  }

  static override styles = [base, controls, css`
    :host {
      display: block;
    }
    p {
      margin: 0;
      max-width: 34rem;
      color: var(--soft);
    }
    .invitation {
      margin-top: var(--invitation-top, 14vh);
      max-width: var(--measure);
      font: 1.5rem/1.4 var(--serif);
      color: var(--ink);
      overflow-wrap: anywhere;
    }
    .about {
      margin-top: 0.6rem;
    }
    .facts {
      margin-top: 0.3rem;
      font-size: 0.82rem;
    }
    ul {
      display: flex;
      flex-wrap: wrap;
      gap: 0.55rem;
      max-width: var(--measure);
      margin: 1.5rem 0 0;
      padding: 0;
      list-style: none;
    }
    button {
      border-radius: 10px;
      font-size: 0.95rem;
      text-align: start;
    }
    @media (max-width: 46rem) {
      .invitation {
        margin-top: var(--invitation-top, 6vh);
      }
    }
  `];
}

define("reckon-invitation", Invitation);
