/** What the element tells the page around it. */

import type { Description, Fault, Progress, Statistics } from "../engine/reckon";
import type { Ending } from "../page/turn";

/** A question that is about to be asked; the page may prevent it. */
export interface Question {
  readonly question: string;
}

/** What came of a question. */
export interface Answer extends Question {
  readonly thinking: string;
  readonly answer: string;
  /** Why there is no more of it. */
  readonly reason: Ending;
  readonly statistics: Statistics;
}

/** Events by name, with what they say. */
export interface Told {
  readonly "reckon-ask": Question;
  readonly "reckon-progress": Progress;
  readonly "reckon-load": Description;
  readonly "reckon-answer": Answer;
  readonly "reckon-error": Fault;
}

/** The events themselves. */
export type ReckonChatEvents = { readonly [Name in keyof Told]: CustomEvent<Told[Name]> };

declare global {
  interface HTMLElementEventMap extends ReckonChatEvents {}
}

/** Tells it to whoever listens, wherever the element stands; `false` where the page has prevented it. */
export function tell<Name extends keyof Told>(element: HTMLElement, name: Name, detail: Told[Name]): boolean {
  const cancelable = name === "reckon-ask";
  return element.dispatchEvent(new CustomEvent(name, { detail, cancelable, bubbles: true, composed: true }));
}
