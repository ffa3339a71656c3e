/** What a model is told before the first question: the system message, and the page's own text where it is to have it. */

import type { Message, Reckon } from "../engine/reckon";
import { type Excerpt, excerpt } from "./page_text";

/** Of a context, what instructions and the page may take; the rest is left to questions, thinking and answers. */
const SHARE = 0.5;

/** A system message, and what of the page is in it. */
export interface Instructions {
  readonly system: string | undefined;
  readonly page: Excerpt | undefined;
}

/** The system message with as much of `text` as the model has room for. */
export async function instructions(model: Reckon, system: string | undefined, text: string): Promise<Instructions> {
  if (text === "") {
    return { system, page: undefined };
  }
  const most = Math.floor(model.description.context * SHARE);
  const count = async (begun: string) => (await model.tokenize(conversation(withPage(system, begun)))).length;
  const page = await excerpt(text, most, count);
  return { system: page.given === 0 ? system : withPage(system, page.text), page };
}

function withPage(system: string | undefined, text: string): string {
  const before = system === undefined ? "" : `${system}\n\n`;
  return `${before}The question is asked on a page of this text:\n\n${text}`;
}

function conversation(system: string): Message[] {
  // A template may refuse to end with anything but a question.
  return [
    { role: "system", content: system },
    { role: "user", content: "?" },
  ];
}
