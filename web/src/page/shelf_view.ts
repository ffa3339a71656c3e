import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { ofKept } from "./address";
import { base } from "./base_styles";
import { controls } from "./controls";
import { type KeptModel, Reckon } from "../engine/reckon";
import { bytes } from "./quantities";

/** A kept model that is to be opened. */
export class Taken extends Event {
  constructor(readonly kept: KeptModel) {
    super("take", { bubbles: true, composed: true });
  }
}

/** The models that are kept on this device, to open and to delete. */
export class ShelfView extends LitElement {
  static override properties = { models: { state: true }, fault: { state: true }, room: { state: true } };

  models: readonly KeptModel[] = [];
  fault: string | undefined;
  /** What the browser gives this site, and what is left of it. */
  room: { readonly quota: number; readonly usage: number } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#look();
  }

  async #look(): Promise<void> {
    try {
      this.models = await Reckon.kept();
      const { quota, usage } = await navigator.storage.estimate();
      this.room = quota === undefined || usage === undefined ? undefined : { quota, usage };
    } catch {
      // A browser that keeps nothing has nothing to show.
      this.models = [];
    }
  }

  async #forget(model: KeptModel): Promise<void> {
    this.fault = undefined;
    try {
      await Reckon.forget(model.key);
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
    }
    await this.#look();
  }

  override render(): TemplateResult | typeof nothing {
    const { models, room, fault } = this;
    if (models.length === 0 && fault === undefined) {
      return nothing;
    }
    return html`
      <h2>Kept on this device</h2>
      <ul>${models.map((model) => this.#model(model))}</ul>
      ${fault === undefined ? nothing : html`<p class="fault" role="alert">${fault}</p>`}
      ${room === undefined ? nothing : html`<p class="room">${bytes(room.usage)} of the ${bytes(room.quota)} that the browser gives this site</p>`}
    `;
  }

  #model(model: KeptModel): TemplateResult {
    const { name } = ofKept(model);
    const open = model.is_whole ? "Open" : "Go on";
    return html`
      <li>
        <span class="name">${name}${model.dtype ? html` <small>${model.dtype}</small>` : nothing}</span>
        <span class="size">${bytes(model.size_bytes)}${model.is_whole ? nothing : ", in part"}</span>
        <span class="buttons">
          <button type="button" aria-label=${`${open}: ${name}`} @click=${() => this.dispatchEvent(new Taken(model))}>${open}</button>
          <button type="button" aria-label=${`Delete: ${name}`} @click=${() => void this.#forget(model)}>Delete</button>
        </span>
      </li>
    `;
  }

  static override styles = [base, controls, css`
    :host {
      display: block;
    }
    h2 {
      margin: 2rem 0 0.6rem;
      font: 600 1.1rem/1.3 var(--serif);
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.4rem 0.6rem;
      padding: 0.5rem 0;
      border-top: 1px solid var(--faint);
    }
    .name {
      flex: 1 1 12rem;
      overflow-wrap: anywhere;
    }
    small,
    .size,
    .room {
      color: var(--soft);
      font-size: 0.88rem;
      font-variant-numeric: tabular-nums;
    }
    .buttons {
      display: flex;
      gap: 0.6rem;
    }
    .room {
      margin: 0.6rem 0 0;
    }
    .fault {
      margin: 0.6rem 0 0;
      color: var(--fault);
    }
  `];
}

customElements.define("reckon-shelf", ShelfView);
