import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { base } from "./base_styles";
import { controls } from "./controls";
import { define } from "./define";
import type { Plan, Prospect, Source } from "../engine/reckon";
import { bytes } from "./quantities";

/** A download that starts without a question. */
const SMALL_BYTES = 200e6;

/** Whether a visitor is asked before a model is loaded: it is large, or it came by an address alone, and is not kept here. */
export function isAsked(source: Source, { download_bytes: download, verdict }: Prospect): boolean {
  const isLarge = download > SMALL_BYTES;
  return download > 0 && ("hub" in source || (isLarge && ("url" in source || verdict === "tight")));
}

/** What a model takes of what computes it. */
export function needs(plan: Plan): string {
  return `${bytes(plan.weights_bytes + plan.kv_bytes)} of ${memory(plan)} with ${plan.context.toLocaleString()} positions`;
}

/** Whose memory it takes. */
function memory({ device }: Plan): string {
  return device === "webgpu" ? "GPU memory" : "memory";
}

/** The answer to a plan. */
export class Decided extends Event {
  constructor(readonly goes: boolean) {
    super("decide", { bubbles: true, composed: true });
  }
}

/** What a model will take, before its first weight is fetched, and the question whether to go on. */
export class PlanView extends LitElement {
  static override properties = { plan: { attribute: false }, name: { attribute: false }, isLocal: { attribute: false }, isKept: { attribute: false }, decline: {} };

  plan!: Prospect;
  name = "";
  /** Its files are on this device. */
  isLocal = false;
  /** It is to be kept for the next visit. */
  isKept = false;
  /** What stands on the button that says no. */
  decline = "Choose another";

  override render(): TemplateResult {
    const { plan } = this;
    return html`
      <h2>${this.name}</h2>
      <p class="needs">
        <b>${bytes(plan.download_bytes)}</b> to ${this.isLocal ? "read" : "download"}, <b>${bytes(plan.weights_bytes + plan.kv_bytes)}</b>
        of ${memory(plan)} as ${plan.dtypes.join(" and ")} with ${plan.context.toLocaleString()} positions
      </p>
      <p class=${plan.verdict}>${verdict(plan)}</p>
      ${this.isKept && !this.isLocal ? html`<p class="fits">${keeping(plan)}</p>` : nothing}
      <div class="row">
        <button type="button" class="main" @click=${() => this.dispatchEvent(new Decided(true))}>Load</button>
        <button type="button" @click=${() => this.dispatchEvent(new Decided(false))}>${this.decline}</button>
      </div>
    `;
  }

  static override styles = [base, controls, css`
    :host {
      display: block;
      max-width: 34rem;
    }
    h2 {
      margin: 0 0 0.4rem;
      font: 600 1.35rem/1.3 var(--serif);
      overflow-wrap: anywhere;
    }
    p {
      margin: 0 0 0.5rem;
    }
    .needs {
      font-variant-numeric: tabular-nums;
    }
    .fits,
    .tight {
      color: var(--soft);
      font-size: 0.92rem;
    }
    .tight {
      color: var(--warm);
    }
    .row {
      display: flex;
      flex-wrap: wrap;
      gap: 0.6rem;
      margin-top: 1.3rem;
    }
  `];
}

/** The plan held against the device, as far as the browser tells, in words. */
export function verdict({ verdict, device, room: { memory_bytes: memory } }: Prospect): string | typeof nothing {
  if (memory === undefined) {
    const fits = device === "webgpu" ? "The GPU takes buffers of this size." : "The engine can address that much.";
    return `${fits} This browser does not tell how much memory the device has.`;
  }
  const size = `${memory / 2 ** 30} GB of memory${memory >= 8 * 2 ** 30 ? " or more" : ""}`;
  return verdict === "tight"
    ? `That is tight: this device has ${size}. The browser may close the tab while the model loads.`
    : `It should fit: this device has ${size}.`;
}

/** Whether it can be kept for the next visit. */
function keeping({ weights_bytes: weights, room: { storage_bytes: storage } }: Prospect): string | typeof nothing {
  if (storage === undefined) {
    return nothing;
  }
  return storage >= weights
    ? `It is kept on this device for the next visit: ${bytes(weights)} of the ${bytes(storage)} that are left to this site.`
    : `It cannot be kept for the next visit: that takes ${bytes(weights)}, and the browser leaves this site ${bytes(storage)}.`;
}

define("reckon-plan", PlanView);
