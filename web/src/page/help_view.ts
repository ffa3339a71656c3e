import { css, html, LitElement, type TemplateResult } from "lit";

import { base } from "./base_styles";
import { controls } from "./controls";
import { closeOutside, dialogStyles } from "./dialog_styles";
import { SHORTCUTS } from "./shortcuts";

/** The keys that the page hears, in a dialog. */
export class HelpView extends LitElement {
  override render(): TemplateResult {
    return html`
      <dialog aria-labelledby="title" @click=${closeOutside}>
        <h2 id="title">Keys</h2>
        <dl>
          ${SHORTCUTS.map(([keys, does]) => html`
            <div>
              <dt>${keys.map((key, i) => html`${i === 0 ? "" : " + "}<kbd>${key}</kbd>`)}</dt>
              <dd>${does}</dd>
            </div>
          `)}
        </dl>
        <p>On a Mac, ⌘ does what Ctrl does. Everything on the page can be reached with Tab.</p>
        <form method="dialog"><button class="close">Close</button></form>
      </dialog>
    `;
  }

  /** Opens it. */
  open(): void {
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  static override styles = [base, controls, dialogStyles, css`
    dl {
      margin: 0;
    }
    dl div {
      display: grid;
      grid-template-columns: 9.5rem minmax(0, 1fr);
      gap: 1rem;
      padding-block: 0.35rem;
    }
    dd {
      margin: 0;
    }
    kbd {
      padding: 0.1rem 0.4rem;
      border: 1px solid var(--faint);
      border-radius: 5px;
      background: var(--raised);
      font: 0.82rem var(--sans);
    }
    p {
      margin: 1rem 0 0;
      color: var(--soft);
      font-size: 0.88rem;
    }
    @media (max-width: 30rem) {
      dl div {
        display: block;
      }
    }
  `];
}

customElements.define("reckon-help", HelpView);
