import { html, nothing, type TemplateResult } from "lit";

import type { Choice } from "../page/address";
import "../page/invitation";
import "../page/loading_view";
import { type Decided } from "../page/plan_view";
import { sentence } from "../page/sentence";
import type { Stage } from "./model_hold";
import { takes } from "./named_model";

/** What a reader can do before the first question. */
export interface Steps {
  load(): void;
  stop(): void;
}

/** What stands where a conversation has not begun, as far as the model has come. */
export function beginningView(stage: Stage, choice: Choice | undefined, hasExamples: boolean, steps: Steps): TemplateResult {
  const name = choice?.name ?? "";
  if (stage.is === "asking") {
    const decide = (event: Decided) => {
      event.stopPropagation();
      stage.decide(event.goes);
    };
    return html`<reckon-plan .plan=${stage.plan} .name=${name} .isKept=${true} .decline=${"Not now"} @decide=${decide}></reckon-plan>`;
  }
  if (stage.is === "loading") {
    return html`<slot name="loading">
      <reckon-loading .progress=${stage.progress} .plan=${stage.plan} .name=${name} @stop=${steps.stop}></reckon-loading>
    </slot>`;
  }
  const card = choice?.card;
  // Examples of the page's own stand in place of the model's.
  const shown = card && hasExamples ? { ...card, examples: [] } : card;
  return html`
    ${stage.is === "failed" ? html`<p class="fault" part="error" role="alert">${sentence(stage.fault)}</p>` : nothing}
    <slot name="intro">
      ${choice === undefined ? nothing : html`<reckon-invitation .name=${name} .card=${shown}></reckon-invitation>`}
    </slot>
    <slot name="examples"></slot>
    ${choice === undefined || stage.is === "ready"
      ? nothing
      : html`<div class="load">
          <button type="button" part="load" @click=${steps.load}>Load it now</button>
          <p part="takes">${takes(choice)}</p>
        </div>`}
  `;
}
