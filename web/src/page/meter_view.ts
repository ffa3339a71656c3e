import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { base } from "./base_styles";
import type { Statistics } from "../engine/reckon";
import { bytes, speed, time } from "./quantities";

/** From this share on the context is nearly full. */
const NEARLY_FULL = 0.85;

/** How much of the context a conversation takes; speed, time and memory for who opens it. */
export class MeterView extends LitElement {
  static override properties = { statistics: { attribute: false }, context: { attribute: false } };

  /** Of the last answer, as far as it has come. */
  statistics: Statistics | undefined;
  /** Most positions of a conversation. */
  context = 0;

  override render(): TemplateResult | typeof nothing {
    const { statistics: seen, context } = this;
    if (!seen || context === 0) {
      return nothing;
    }
    const used = Math.min(context, seen.prompt_tokens + seen.completion_tokens);
    const share = used / context;
    const percent = `${Math.round(share * 100)} %`;
    const isFull = share >= NEARLY_FULL;
    return html`
      <p class="warning" role="status">${isFull
        ? "The context is nearly full: the answer may be cut off. A new conversation has room, and so has an earlier question that is edited."
        : nothing}</p>
      <details ?data-full=${isFull}>
        <summary>
          <span role="meter" aria-label="Context in use" aria-valuemin="0" aria-valuemax=${context} aria-valuenow=${used}
            aria-valuetext="${percent}, ${used.toLocaleString()} of ${context.toLocaleString()} tokens">
            <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect width="100" height="4" class="all"></rect>
              <rect width=${(share * 100).toFixed(1)} height="4" class="used"></rect>
            </svg>
          </span>
          ${percent} of the context${isFull ? ", nearly full" : ""}
        </summary>
        <dl>
          ${row("Context", `${used.toLocaleString()} of ${context.toLocaleString()} tokens`)}
          ${row("Prompt", `${seen.prompt_tokens.toLocaleString()} tokens, ${seen.cached_tokens.toLocaleString()} of them reused`)}
          ${row("Answer", this.#answer(seen))}
          ${row("Speed", seen.decode_tokens_per_s > 0 ? speed(seen.decode_tokens_per_s) : "–")}
          ${row("First token", `after ${time(seen.prefill_ms)}`)}
          ${row("Memory", `${bytes(seen.heap_bytes)}, and ${bytes(seen.gpu_bytes)} of the GPU’s`)}
        </dl>
      </details>
    `;
  }

  #answer({ completion_tokens, reasoning_tokens }: Statistics): string {
    const thought = reasoning_tokens === 0 ? "" : `; ${reasoning_tokens.toLocaleString()} are thinking, which the next question leaves out`;
    return `${completion_tokens.toLocaleString()} tokens${thought}`;
  }

  static override styles = [base, css`
    :host {
      display: block;
      color: var(--soft);
      font-size: 0.76rem;
      font-variant-numeric: tabular-nums;
    }
    p {
      margin: 0;
    }
    .warning:not(:empty) {
      margin-top: 0.4rem;
      color: var(--warm);
      font-weight: 600;
    }
    details {
      margin-top: 0.4rem;
    }
    summary {
      display: flex;
      align-items: center;
      gap: 0.6rem;
      width: fit-content;
      cursor: pointer;
      list-style: none;
    }
    summary::-webkit-details-marker {
      display: none;
    }
    summary::after {
      content: "details";
      text-decoration: underline;
      text-decoration-color: var(--faint);
      text-underline-offset: 3px;
    }
    details[open] summary::after {
      content: "fewer details";
    }
    summary:focus-visible {
      outline: 2px solid var(--accent);
      outline-offset: 3px;
      border-radius: 2px;
    }
    svg {
      display: block;
      width: 7rem;
      height: 4px;
      border-radius: 2px;
    }
    .all {
      fill: var(--faint);
    }
    .used {
      fill: var(--accent);
    }
    [data-full] .used {
      fill: var(--warm);
    }
    dl {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr));
      gap: 0.1rem 1.5rem;
      margin: 0.5rem 0 0;
    }
    dl div {
      display: flex;
      gap: 0.5rem;
    }
    dt {
      flex: 0 0 5rem;
    }
    dd {
      margin: 0;
      color: var(--ink);
    }
  `];
}

function row(name: string, value: string): TemplateResult {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

customElements.define("reckon-meter", MeterView);
