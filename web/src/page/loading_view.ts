import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { base } from "./base_styles";
import { controls } from "./controls";
import { define } from "./define";
import type { Plan, Progress } from "../engine/reckon";
import { Pace } from "./pace";
import { needs } from "./plan_view";
import { bytes, time } from "./quantities";

const STAGES: Record<Progress["stage"], string> = {
  waiting: "Another tab is loading this model; it is taken from there once that is done",
  headers: "Reading what the model is",
  weights: "Loading its weights",
  checking: "Holding every kernel against a known answer",
};

/** Time without a byte after which that is said. */
const SILENCE_MS = 3000;

/** A model on its way: bytes, rate, time left, and a way to stop. */
export class LoadingView extends LitElement {
  static override properties = {
    progress: { attribute: false },
    plan: { attribute: false },
    name: { attribute: false },
  };

  progress: Progress | undefined;
  plan: Plan | undefined;
  name = "";
  #pace = new Pace();
  #heard = performance.now();
  #timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = window.setInterval(() => this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("progress") && this.progress?.stage === "weights") {
      this.#heard = performance.now();
      this.#pace.mark(performance.now(), this.progress.loaded_bytes - this.progress.kept_bytes);
    }
  }

  override render(): TemplateResult {
    const { stage, loaded_bytes: loaded, kept_bytes: kept, total_bytes: total } = this.progress ?? {
      stage: "headers" as const,
      loaded_bytes: 0,
      kept_bytes: 0,
      total_bytes: 0,
    };
    return html`
      <h2>${this.name}</h2>
      <p class="stage" role="status">${STAGES[stage]}</p>
      <progress aria-label="Weights loaded" max="1" .value=${total === 0 ? 0 : loaded / total}></progress>
      <p class="numbers">
        <span>${total === 0 ? nothing : `${bytes(loaded)} of ${bytes(total)}`}${kept === 0 ? nothing : `, ${bytes(kept)} from this device`}</span>
        <span>${stage === "weights" ? this.#rest(loaded, total) : nothing}</span>
      </p>
      ${this.plan ? html`<p class="plan">${needs(this.plan)}</p>` : nothing}
      <button type="button" @click=${() => this.dispatchEvent(new Event("stop"))}>Stop</button>
    `;
  }

  #rest(loaded: number, total: number): string | typeof nothing {
    if (performance.now() - this.#heard > SILENCE_MS) {
      return "Waiting for the server";
    }
    const rate = this.#pace.bytesPerSecond;
    if (rate === undefined || rate === 0) {
      return nothing;
    }
    return `${bytes(rate)}/s · ${time(((total - loaded) / rate) * 1000)} left`;
  }

  static override styles = [base, controls, css`
    :host {
      display: block;
      max-width: 34rem;
    }
    h2 {
      margin: 0 0 0.2rem;
      font: 600 1.35rem/1.3 var(--serif);
      overflow-wrap: anywhere;
    }
    p {
      margin: 0 0 0.8rem;
      color: var(--soft);
    }
    progress {
      appearance: none;
      display: block;
      width: 100%;
      height: 6px;
      border: 0;
      border-radius: 3px;
      overflow: hidden;
      background: var(--faint);
    }
    progress::-webkit-progress-bar {
      background: var(--faint);
    }
    progress::-webkit-progress-value {
      background: var(--accent);
    }
    progress::-moz-progress-bar {
      background: var(--accent);
    }
    .plan {
      margin-bottom: 1.2rem;
      font-size: 0.88rem;
    }
    .numbers {
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      gap: 0 1rem;
      margin: 0.45rem 0 0.9rem;
      min-height: 1.5em;
      font-size: 0.88rem;
      font-variant-numeric: tabular-nums;
    }
  `];
}

define("reckon-loading", LoadingView);
