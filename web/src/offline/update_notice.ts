import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { base } from "../page/base_styles";

/** One line over the page's margin where a new version of the app waits: nothing moves for it. */
export class UpdateNotice extends LitElement {
  static override properties = { waiting: { state: true } };

  waiting: ServiceWorker | undefined;

  /** Tells that a new version waits. */
  tell(waiting: ServiceWorker): void {
    this.waiting = waiting;
  }

  override render(): TemplateResult {
    return html`
      <div role="status">
        ${this.waiting === undefined
          ? nothing
          : html`<p>A new version is ready: <button type="button" @click=${this.#reload}>reload</button></p>`}
      </div>
    `;
  }

  #reload = (): void => {
    const reload = () => location.reload();
    // In another tab it may have been told to take over already.
    if (this.waiting?.state !== "installed") {
      reload();
      return;
    }
    navigator.serviceWorker.addEventListener("controllerchange", reload, { once: true });
    this.waiting.postMessage("take over");
  };

  static override styles = [base, css`
    :host {
      display: block;
      position: fixed;
      inset: 0 0 auto;
      z-index: 1;
    }
    p {
      margin: 0;
      padding: 0.1rem 1rem;
      background: var(--sunken);
      color: var(--soft);
      font-size: 0.85rem;
      text-align: center;
    }
    button {
      padding: 0;
      border: 0;
      background: none;
      color: var(--accent);
      font: inherit;
      text-decoration: underline;
      cursor: pointer;
    }
  `];
}

customElements.define("reckon-update", UpdateNotice);
