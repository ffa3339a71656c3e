import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Choice } from "./address";
import type { Conversation } from "./conversation";
import "./invitation";
import type { Turn } from "./turn";
import "./turn_view";

/** The turns that are shown; what is finished is not drawn again. */
export function turnsView({ turns, branches, fault, isRunning, answerer }: Conversation): TemplateResult {
  const canAsk = !isRunning && fault === undefined && answerer !== undefined;
  return html`${repeat(turns, (turn) => turn, (turn) => drawn(turn, branches.versions(turn), canAsk, answerer?.name ?? ""))}`;
}

function drawn(turn: Turn, versions: readonly Turn[], canAsk: boolean, model: string): TemplateResult {
  return html`<reckon-turn tabindex="-1" exportparts="question, thinking, answer, numbers, actions" .turn=${turn} .revision=${turn.revision} .version=${versions.indexOf(turn) + 1}
    .versions=${versions.length} .canAsk=${canAsk} .model=${model}></reckon-turn>`;
}

/** A conversation turn by turn, or what invites to one; `again` loads a model anew that has failed. */
export function conversationView(conversation: Conversation, choice: Choice | undefined, again: () => void): TemplateResult {
  return html`
    ${conversation.turns.length === 0
      ? html`<reckon-invitation .name=${choice?.name ?? ""} .card=${choice?.card}></reckon-invitation>`
      : turnsView(conversation)}
    ${conversation.fault === undefined
      ? nothing
      : html`<p class="fault"><button type="button" @click=${again}>Load the model again</button></p>`}
  `;
}
