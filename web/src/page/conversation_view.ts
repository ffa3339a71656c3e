import { html, nothing, type TemplateResult } from "lit";

import type { Choice } from "./address";
import type { Conversation } from "./conversation";
import "./invitation";
import "./turn_view";

/** A conversation turn by turn, or what invites to one; `again` loads a model anew that has failed. */
export function conversationView(
  { turns, fault, isRunning }: Conversation,
  choice: Choice | undefined,
  revision: number,
  again: () => void,
): TemplateResult {
  const last = turns.at(-1);
  const news = isRunning ? (last?.isThinking ? "Thinking" : "Answering") : last ? "Done" : "";
  return html`
    ${turns.length === 0
      ? html`<reckon-invitation .name=${choice?.name ?? ""} .card=${choice?.card}></reckon-invitation>`
      : nothing}
    ${turns.map((turn) => html`<reckon-turn .turn=${turn} .revision=${revision}></reckon-turn>`)}
    ${fault === undefined
      ? nothing
      : html`<p class="fault"><button type="button" @click=${again}>Load the model again</button></p>`}
    <p class="unseen" role="status">${news}</p>
  `;
}
