import { html, nothing, type TemplateResult } from "lit";

import type { Reckon } from "../engine/reckon";
import { runningOn } from "./running_on";

/** What the header tells, and what its buttons do. */
export interface Header {
  /** What the model is called. */
  readonly name: string;
  readonly model: Reckon | undefined;
  /** Looks for another model, where one can be left. */
  readonly look: (() => void) | undefined;
  readonly begin: () => void;
  readonly list: () => void;
  readonly settings: () => void;
  readonly help: () => void;
}

/** The page's head: the model and what computes it; new, kept conversations, settings, help. */
export function headerView({ name, model, look, begin, list, settings, help }: Header): TemplateResult {
  return html`
    <header>
      <h1>Reckon</h1>
      <p class="device">${model
        ? html`<b>${name}</b>
          ${look ? html`<button type="button" class="link" @click=${look}>change</button>` : nothing}
          ${runningOn(model.description)}`
        : nothing}</p>
      <nav aria-label="Page">
        <button type="button" @click=${begin}>New</button>
        <button type="button" @click=${list}>Conversations</button>
        <button type="button" @click=${settings}>Settings</button>
        <button type="button" aria-label="Help" @click=${help}>?</button>
      </nav>
    </header>
  `;
}
