import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { base } from "./base_styles";
import { controls } from "./controls";
import { keepToken, keptToken } from "./tokens";

/** A token that was given. */
export class Admitted extends Event {
  constructor(readonly token: string) {
    super("admit", { bubbles: true, composed: true });
  }
}

/** A repository that asks for its licence to be accepted: the way there, and a place for a token. */
export class Gate extends LitElement {
  static override properties = { repo: { attribute: false }, hasToken: { attribute: false } };

  /** The repository's page. */
  repo!: URL;
  /** A token was tried, and refused. */
  hasToken = false;

  override render(): TemplateResult {
    const { host, origin, pathname, href } = this.repo;
    const isKept = keptToken(origin) !== undefined;
    return html`
      <h2>${pathname.slice(1)}</h2>
      <p class=${this.hasToken ? "fault" : "why"} role="alert">
        ${this.hasToken ? "The hub refuses this token." : "The hub does not give this model to everybody."}
      </p>
      <ol>
        <li>Accept its licence at <a href=${href} target="_blank" rel="noreferrer">${host}${pathname}</a>.</li>
        <li>
          Make a
          ${host === "huggingface.co" ? html`<a href="https://huggingface.co/settings/tokens" target="_blank" rel="noreferrer">token</a>` : "token"}
          there that may read it, and give it here.
        </li>
      </ol>
      <p class="small">Where there is no such repository the hub answers in the same way.</p>
      <form @submit=${this.#submit}>
        <input name="token" type="password" aria-label="Token for ${host}" placeholder="Token for ${host}"
          autocomplete="off" spellcheck="false" required />
        <button class="main">Open</button>
        <button type="button" @click=${() => this.dispatchEvent(new Event("leave"))}>Choose another</button>
        <label><input name="keep" type="checkbox" /> Remember on this device</label>
      </form>
      <p class="small">
        The token goes to ${host} and nowhere else. Remembered, it lies in this browser’s storage for this site, readable
        by this site alone.
        ${isKept ? html`<button type="button" class="link" @click=${this.#forget}>Forget the one that is remembered</button>` : nothing}
      </p>
    `;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const token = String(given.get("token")).trim();
    if (given.get("keep") !== null) {
      keepToken(this.repo.origin, token);
    }
    this.dispatchEvent(new Admitted(token));
  }

  #forget(): void {
    keepToken(this.repo.origin, undefined);
    this.requestUpdate();
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
    p,
    ol {
      margin: 0 0 0.9rem;
    }
    ol {
      padding-inline-start: 1.3rem;
    }
    li {
      margin-block: 0.2rem;
    }
    a {
      color: var(--accent);
      overflow-wrap: anywhere;
    }
    form {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.6rem;
      margin-block: 1.3rem 0.9rem;
    }
    form label {
      flex-basis: 100%;
      font-size: 0.92rem;
    }
    input[type="checkbox"] {
      accent-color: var(--accent);
      margin-inline: 0 0.25rem;
    }
    @media (max-width: 30rem) {
      form button[type="button"] {
        order: 1;
      }
    }
    .small {
      color: var(--soft);
      font-size: 0.82rem;
    }
    .fault {
      color: var(--fault);
    }
    .link {
      padding: 0;
      border: 0;
      background: none;
      color: var(--accent);
      text-decoration: underline;
    }
  `];
}

customElements.define("reckon-gate", Gate);
