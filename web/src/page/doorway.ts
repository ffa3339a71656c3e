import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { base } from "./base_styles";
import { controls } from "./controls";
import { Entered } from "./entered";
import { pickedFiles } from "./given";
import "./shelf_view";

export { Entered };

/** Where a model comes in: the words why none is there, models to choose from, and ways to bring one. */
export class Doorway extends LitElement {
  static override properties = { fault: { attribute: false }, isEmpty: { attribute: false }, hasModel: { attribute: false } };

  /** Why the last model did not come in. */
  fault: string | undefined;
  /** No model lies beside the app. */
  isEmpty = false;
  /** A conversation can be gone back to. */
  hasModel = false;

  override connectedCallback(): void {
    super.connectedCallback();
    // Where the list of models cannot be had, the other ways are there.
    import("./chooser").catch(() => undefined);
  }

  override render(): TemplateResult {
    return html`
      ${this.fault === undefined ? nothing : html`<p class="fault" role="alert">${this.fault}</p>`}
      ${this.isEmpty ? this.#welcome() : nothing} ${this.#turnings()}
      <reckon-chooser></reckon-chooser>
      <reckon-shelf></reckon-shelf>
      <h2>Your own</h2>
      <div class="ways">
        <p class="drop">Drop a <b>.gguf</b> file or a model’s <b>folder</b> anywhere on this page</p>
        <div class="row">
          ${this.#picker("Choose a file", false)} ${this.#picker("Choose a folder", true)}
        </div>
        <form class="row" @submit=${this.#submit}>
          <label for="address">or an address</label>
          <input id="address" name="address" type="text" inputmode="url" spellcheck="false" autocapitalize="off"
            placeholder="owner/name of a hub, or https://…/model.gguf" required />
          <button>Open</button>
        </form>
      </div>
    `;
  }

  /** Ways on that need no choice. */
  #turnings(): TemplateResult | typeof nothing {
    const turning = (name: string, words: string) =>
      html`<button type="button" @click=${() => this.dispatchEvent(new Event(name))}>${words}</button>`;
    return this.fault === undefined && !this.hasModel
      ? nothing
      : html`<p class="row">
          ${this.fault === undefined ? nothing : turning("again", "Try again")}
          ${this.hasModel ? turning("back", "Back to the conversation") : nothing}
        </p>`;
  }

  #welcome(): TemplateResult {
    return html`
      <p>There is no model beside this app.</p>
    `;
  }

  #picker(words: string, folder: boolean): TemplateResult {
    const picked = (event: Event) => {
      const input = event.target as HTMLInputElement;
      if (input.files && input.files.length > 0) {
        this.dispatchEvent(new Entered(pickedFiles(input.files)));
      }
    };
    return html`
      <label class="button">
        ${words}
        <input type="file" accept=${folder ? nothing : ".gguf"} ?webkitdirectory=${folder} @change=${picked} />
      </label>
    `;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const address = new FormData(event.target as HTMLFormElement).get("address");
    if (typeof address === "string") {
      this.dispatchEvent(new Entered(address.trim()));
    }
  }

  static override styles = [base, controls, css`
    :host {
      display: block;
      max-width: var(--measure);
    }
    p {
      margin: 0 0 1.2rem;
    }
    h2 {
      margin: 2rem 0 0.8rem;
      font: 600 1.1rem/1.3 var(--serif);
    }
    .fault {
      color: var(--fault);
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
    .ways {
      padding: 1.4rem;
      border: 1.5px dashed var(--faint);
      border-radius: 12px;
    }
    .drop {
      font: 1.1rem/1.5 var(--serif);
    }
    .row {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.6rem;
    }
    form.row {
      margin-top: 1rem;
    }
    form label {
      color: var(--soft);
      font-size: 0.92rem;
    }
    .button input {
      position: absolute;
      width: 1px;
      height: 1px;
      opacity: 0;
    }
  `];
}

customElements.define("reckon-doorway", Doorway);
