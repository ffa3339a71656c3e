import { css, html, LitElement, type TemplateResult } from "lit";

import { LongText } from "../prose/long_text";
import type { Prose } from "../prose/prose";
import { base } from "./base_styles";
import { define } from "./define";
import { proseStyles } from "./prose_styles";

type ProseModule = typeof import("../prose/prose");

/** What draws Markdown and mathematics; asked for once, and again where it did not come. */
let module: Promise<ProseModule> | undefined;

/** Fetches what draws answers, where it is not here yet. */
export function fetchProse(): Promise<ProseModule> {
  module ??= import("../prose/prose").catch((thrown: unknown) => {
    module = undefined;
    throw thrown;
  });
  return module;
}

/** An answer: drawn as Markdown with mathematics, and until what draws it is here, or where it does not come, as text. */
export class AnswerView extends LitElement {
  static override properties = { text: { attribute: false }, isRunning: { attribute: false } };

  text = "";
  /** More of it is to come. */
  isRunning = false;
  #prose: Prose | undefined;
  #plain: LongText | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // Text it stays where that cannot be had.
    fetchProse().then((fetched) => this.#adopt(fetched), () => undefined);
  }

  override render(): TemplateResult {
    return html`<div class=${this.#prose ? "prose" : "plain"} dir="auto" ?data-running=${this.isRunning}></div>`;
  }

  override updated(): void {
    if (this.#prose) {
      this.#prose.draw(this.text, !this.isRunning);
    } else {
      this.#plain ??= new LongText(this.#place as Element);
      this.#plain.draw(this.text);
    }
  }

  /** A long answer is drawn bit by bit. */
  override async getUpdateComplete(): Promise<boolean> {
    const isDone = await super.getUpdateComplete();
    await this.#prose?.drawn;
    return isDone;
  }

  get #place(): Element | null {
    return this.renderRoot.querySelector("div");
  }

  #adopt({ Prose, sheet }: ProseModule): void {
    const place = this.#place;
    if (this.#prose || !place) {
      return;
    }
    this.#plain?.clear();
    (this.renderRoot as ShadowRoot).adoptedStyleSheets.push(sheet);
    this.#prose = new Prose(place);
    this.requestUpdate();
  }

  static override styles = [base, proseStyles, css`
    :host {
      display: block;
    }
    .plain {
      white-space: pre-wrap;
    }
  `];
}

define("reckon-answer", AnswerView);
