import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { base } from "./base_styles";
import { asJson, asMarkdown, download, fileName } from "./exported";
import { historyStyles } from "./history_styles";
import type { Keeper } from "./keeper";
import type { Heading } from "./record";

/** A kept conversation is to be opened; a new one where none is named. */
export class Opened extends Event {
  constructor(readonly id: string | undefined) {
    super("open", { bubbles: true, composed: true });
  }
}

/** A conversation is to be called otherwise. */
export class Renamed extends Event {
  constructor(
    readonly id: string,
    readonly title: string,
  ) {
    super("rename", { bubbles: true, composed: true });
  }
}

/** The conversations that are kept on this device: to open, rename, export and delete. */
export class HistoryView extends LitElement {
  static override properties = {
    headings: { attribute: false },
    current: { attribute: false },
    fault: { attribute: false },
    unfolded: { state: true },
    isRenaming: { state: true },
    doomed: { state: true },
    words: { state: true },
  };

  headings: readonly Heading[] = [];
  /** The one that is shown. */
  current = "";
  /** Why none are kept. */
  fault: string | undefined;
  keeper!: Keeper;
  /** Whose actions are shown. */
  unfolded: string | undefined;
  isRenaming = false;
  /** What is deleted if that is said once more: a conversation, or all. */
  doomed: string | undefined;
  /** What came of the last action. */
  words = "";

  override render(): TemplateResult {
    const { headings, fault } = this;
    return html`
      <button type="button" class="new" @click=${() => this.#open(undefined)}>New conversation</button>
      ${headings.length === 0
        ? html`<p class="empty">${fault ? `Conversations are not kept: ${fault}.` : "What you ask is kept here, on this device alone."}</p>`
        : html`<ul>${repeat(headings, ({ id }) => id, (heading) => this.#item(heading))}</ul>`}
      <div class="all">
        ${headings.length === 0 ? nothing : html`<button type="button" class="quiet" @click=${this.#exportAll}>Export all</button>`}
        ${fault
          ? nothing
          : html`<label class="quiet">Import<input type="file" accept=".json,application/json" @change=${this.#import} /></label>`}
        ${headings.length === 0 ? nothing : this.#delete(undefined, "Delete all")}
      </div>
      <p class="words" role="status">${this.words}</p>
    `;
  }

  #item(heading: Heading): TemplateResult {
    const { id, title, changed } = heading;
    const isUnfolded = this.unfolded === id;
    if (isUnfolded && this.isRenaming) {
      return html`<li>${this.#renaming(heading)}</li>`;
    }
    return html`
      <li ?data-current=${id === this.current}>
        <button type="button" class="open" aria-current=${id === this.current ? "true" : nothing} @click=${() => this.#open(id)}>
          <bdi>${title}</bdi>
          <small>${when(changed)}</small>
        </button>
        <button type="button" class="more" aria-expanded=${isUnfolded} aria-label="More for ${title}"
          @click=${() => this.#unfold(isUnfolded ? undefined : id)}>⋯</button>
        ${isUnfolded
          ? html`<div class="acts">
              <button type="button" class="quiet" @click=${this.#rename}>Rename</button>
              <button type="button" class="quiet" @click=${() => this.#export(heading, "md")}>Markdown</button>
              <button type="button" class="quiet" @click=${() => this.#export(heading, "json")}>JSON</button>
              ${this.#delete(id, "Delete")}
            </div>`
          : nothing}
      </li>
    `;
  }

  #renaming({ id, title }: Heading): TemplateResult {
    const done = (event: Event) => {
      event.preventDefault();
      this.dispatchEvent(new Renamed(id, this.renderRoot.querySelector("input")?.value ?? ""));
      this.#unfold(undefined);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        this.#unfold(undefined);
      }
    };
    return html`
      <form @submit=${done} @keydown=${key}>
        <input type="text" aria-label="Title" maxlength="80" dir="auto" .defaultValue=${title} />
        <button class="quiet">Keep</button>
      </form>
    `;
  }

  /** A button that asks once more before it deletes; the focus stays on it meanwhile. */
  #delete(id: string | undefined, words: string): TemplateResult {
    const name = id ?? "all";
    const isDoomed = this.doomed === name;
    const press = () => (isDoomed ? this.#remove(id) : (this.doomed = name));
    return html`<button type="button" class="quiet ${isDoomed ? "doomed" : ""}" @click=${press}
      @blur=${() => (this.doomed = undefined)}>${isDoomed ? `${words} for good?` : words}</button>`;
  }

  #open(id: string | undefined): void {
    this.#unfold(undefined);
    this.dispatchEvent(new Opened(id));
  }

  #unfold(id: string | undefined): void {
    this.unfolded = id;
    this.isRenaming = false;
    this.doomed = undefined;
    this.words = "";
  }

  #rename = async (): Promise<void> => {
    this.isRenaming = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>("input[type=text]")?.select();
  };

  async #remove(id: string | undefined): Promise<void> {
    const place = this.headings.findIndex((heading) => heading.id === id);
    await this.keeper.remove(id);
    this.#unfold(undefined);
    this.words = id === undefined ? "All conversations are deleted" : "Deleted";
    await this.updateComplete;
    const items = this.renderRoot.querySelectorAll<HTMLElement>(".open");
    (items[Math.min(place, items.length - 1)] ?? this.renderRoot.querySelector<HTMLElement>(".new"))?.focus();
  }

  async #export({ id, title }: Heading, ending: "md" | "json"): Promise<void> {
    const record = await this.keeper.read(id);
    if (record) {
      const text = ending === "md" ? asMarkdown(record) : asJson([record]);
      download(fileName(title, ending), text, ending === "md" ? "text/markdown" : "application/json");
    }
  }

  #exportAll = async (): Promise<void> => {
    download("reckon-conversations.json", asJson(await this.keeper.all()), "application/json");
  };

  #import = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (!file) {
      return;
    }
    try {
      const count = await this.keeper.import(await file.text());
      this.words = count === 1 ? "1 conversation came in" : `${count.toLocaleString()} conversations came in`;
    } catch (error) {
      this.words = `Not imported: ${error instanceof Error ? error.message : String(error)}`;
    }
    input.value = "";
  };

  static override styles = [base, historyStyles];
}

/** The hour today, the day before that. */
function when(time: number): string {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString()
    ? date.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" })
    : date.toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

customElements.define("reckon-history", HistoryView);
