import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import "./answer_view";
import { base } from "./base_styles";
import { define } from "./define";
import type { FinishReason } from "../engine/reckon";
import { speed, time, tokens } from "./quantities";
import type { Turn } from "./turn";

const ENDINGS: Record<FinishReason, string | undefined> = {
  stop: undefined,
  length: "cut off at the token limit",
  context: "cut off: the context is full",
  memory: "cut off: there is no memory left for a longer context",
  abort: "stopped",
};

/** Where there is no room for labels in the margin: of the window, or of what the turn stands in. */
const narrow = css`
  :host {
    display: block;
    padding-block: 1rem;
  }
  .label {
    text-align: start;
    padding: 0 0 0.1rem;
  }
  h3[aria-hidden] {
    display: none;
  }
`;

/** A question, its thinking and its answer. What the model says is only ever text. */
export class TurnView extends LitElement {
  static override properties = { turn: { attribute: false }, revision: { attribute: false } };

  turn!: Turn;
  /** Counts the turn's changes, so that each is drawn. */
  revision = 0;
  /** Whether the reader opened or closed the thinking; until then it is open while it lasts. */
  #chosen: boolean | undefined;

  override render(): TemplateResult {
    const { turn } = this;
    return html`
      <h2 class="label" id="who">You</h2>
      <p class="question" part="question" aria-labelledby="who">${turn.question}</p>
      ${turn.thinking.trim() === "" ? nothing : this.#thinking(turn)}
      <h3 class="label">Answer</h3>
      <div class="answer" part="answer">${this.#answer(turn)}</div>
      <p class="numbers" part="numbers">${this.#numbers(turn)}</p>
    `;
  }

  #thinking(turn: Turn): TemplateResult {
    const isOpen = this.#chosen ?? turn.isThinking;
    const spent = (turn.thinkingTo ?? performance.now()) - (turn.thinkingFrom ?? 0);
    const state = turn.isThinking ? "Thinking" : "Thought";
    const choose = (event: Event) => {
      event.preventDefault();
      this.#chosen = !isOpen;
      this.requestUpdate();
    };
    return html`
      <h3 class="label" aria-hidden="true">Thinking</h3>
      <details class="thinking" part="thinking" ?open=${isOpen}>
        <summary @click=${choose}>
          <span class="state" ?data-live=${turn.isThinking}>${state}</span>
          for ${time(spent)}, ${tokens(turn.thinkingTokens)}
        </summary>
        <div class="thoughts">${turn.thinking.trim()}</div>
      </details>
    `;
  }

  #answer(turn: Turn): TemplateResult | typeof nothing {
    if (turn.fault !== undefined) {
      return html`${this.#text(turn)}<span class="fault" role="alert">${turn.fault}</span>`;
    }
    if (turn.isRunning && turn.answer === "") {
      const words = turn.isThinking ? "after the thinking" : "reading your question";
      return html`<span class="waiting">${words}</span>`;
    }
    if (turn.answer === "") {
      return html`<span class="waiting">no answer</span>`;
    }
    return this.#text(turn);
  }

  #text({ answer, isRunning }: Turn): TemplateResult | typeof nothing {
    return answer === "" ? nothing : html`<reckon-answer .text=${answer} .isRunning=${isRunning}></reckon-answer>`;
  }

  #numbers(turn: Turn): TemplateResult | typeof nothing {
    const seen = turn.statistics;
    if (!seen || seen.completion_tokens === 0) {
      return nothing;
    }
    const words = [tokens(seen.completion_tokens)];
    if (seen.completion_tokens > 1 && seen.decode_tokens_per_s > 0) {
      words.push(speed(seen.decode_tokens_per_s));
    }
    words.push(`first token after ${time(seen.prefill_ms)}`);
    if (seen.cached_tokens > 0) {
      words.push(`${seen.cached_tokens} of ${tokens(seen.prompt_tokens)} reused`);
    }
    const ending = turn.reason && ENDINGS[turn.reason];
    return html`${words.join(" · ")}${ending ? html` · <strong>${ending}</strong>` : nothing}`;
  }

  static override styles = [base, css`
    :host {
      display: grid;
      grid-template-columns: var(--margin) minmax(0, var(--measure));
      column-gap: 1.5rem;
      padding-block: 1.4rem;
      border-top: 1px solid var(--faint);
    }
    :host > * {
      grid-column: 2;
    }
    .label {
      grid-column: 1;
      margin: 0;
      padding-top: 0.32rem;
      font: 500 0.72rem/1.5 var(--sans);
      letter-spacing: 0.08em;
      text-transform: uppercase;
      text-align: right;
      color: var(--soft);
    }
    .question,
    .thoughts {
      white-space: pre-wrap;
    }
    .question,
    .answer,
    .thoughts {
      margin: 0 0 0.9rem;
      overflow-wrap: anywhere;
      unicode-bidi: plaintext;
    }
    .question {
      font-weight: 600;
    }
    .answer {
      font: 1.06rem/1.62 var(--serif);
      margin-bottom: 0.35rem;
      min-height: 1.6em;
    }
    .thinking {
      margin: 0 0 0.9rem;
      padding-inline-start: 0.9rem;
      border-inline-start: 2px solid var(--faint);
    }
    summary {
      cursor: pointer;
      color: var(--soft);
      font-size: 0.9rem;
      font-variant-numeric: tabular-nums;
      line-height: 1.75;
    }
    summary:focus-visible {
      outline: 2px solid var(--accent);
      outline-offset: 3px;
      border-radius: 2px;
    }
    .thoughts {
      margin: 0.35rem 0 0;
      color: var(--soft);
      font-size: 0.93rem;
      line-height: 1.55;
      max-height: 22rem;
      overflow-y: auto;
      display: flex;
      flex-direction: column-reverse;
    }
    .waiting {
      color: var(--soft);
      font: italic 0.95rem var(--serif);
    }
    .fault {
      display: block;
      color: var(--fault);
      font: 0.95rem/1.5 var(--sans);
    }
    .numbers {
      margin: 0;
      min-height: 1.3em;
      color: var(--soft);
      font-size: 0.78rem;
      font-variant-numeric: tabular-nums;
    }
    .numbers strong {
      font-weight: 600;
      color: var(--warm);
    }
    @media (prefers-reduced-motion: no-preference) {
      .state[data-live],
      .waiting {
        animation: breathe 1.4s ease-in-out infinite alternate;
      }
      @keyframes breathe {
        from {
          opacity: 0.9;
        }
        to {
          opacity: 0.4;
        }
      }
    }
    @media (max-width: 46rem) {
      ${narrow}
    }
    @container (max-width: 46rem) {
      ${narrow}
    }
  `];
}

define("reckon-turn", TurnView);
