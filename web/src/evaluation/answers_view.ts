/** The table of answers: one row each as it comes, and all that was written behind it. */

import { tokens } from "../page/quantities";
import { element } from "./element";
import type { Answered, Grade, Question } from "./messages";

/** Letters of a question that a row has. */
const LETTERS = 90;
const HEAD = ["Question", "Answer", "Right answer", "Verdict", "Tokens", "Seconds"];
/** Why an answer ended, where it is not the model that ended it. */
const ENDED: Readonly<Record<string, string>> = {
  length: "cut at the most tokens",
  context: "cut where the context was full",
  memory: "cut where memory was full",
};

/** Draws answers into `into`. */
export class AnswersView {
  readonly #body = element("tbody", { role: "rowgroup" });

  constructor(private readonly into: HTMLElement) {
    const heads = HEAD.map((words) => element("th", { scope: "col", role: "columnheader" }, words));
    const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads));
    // Where the page is narrow, rows are no rows any more: their roles stay.
    into.replaceChildren(element("h2", {}, "Answers"), element("table", { class: "answers", role: "table" }, head, this.#body));
    into.hidden = true;
  }

  /** One more answer. */
  push({ number, question, gold }: Question, answered: Answered, { verdict, answer }: Grade): void {
    const id = `answer-${number}`;
    const whole = this.#whole(id, question, answered);
    const opener = element("button", { type: "button", class: "opener", "aria-expanded": "false", "aria-controls": id }, shortened(question));
    opener.addEventListener("click", () => {
      whole.hidden = !whole.hidden;
      opener.setAttribute("aria-expanded", `${!whole.hidden}`);
    });
    const cells = [opener, answer === null ? "none found" : shortened(answer), shortened(gold)];
    const figures = [answered.completion_tokens.toLocaleString(), (answered.ms / 1000).toFixed(1)];
    const mark = element("span", { "aria-hidden": "true" }, verdict === "right" ? "✓ " : "✗ ");
    const row = [
      ...cells.map((inner, i) => cell(HEAD[i], inner)),
      cell("Verdict", element("span", { class: verdict }, mark, verdict)),
      ...figures.map((words, i) => cell(HEAD[i + 4], words)),
    ];
    this.#body.append(element("tr", { role: "row" }, ...row), whole);
    this.into.hidden = false;
  }

  /** The row with all of it, hidden until it is asked for. */
  #whole(id: string, question: string, { text, finish_reason, completion_tokens }: Answered): HTMLElement {
    const ended = ENDED[finish_reason];
    const inner = [
      element("h3", {}, "The question"),
      element("p", { class: "text" }, question),
      element("h3", {}, `What the model wrote: ${tokens(completion_tokens)}${ended === undefined ? "" : `, ${ended}`}`),
      element("p", { class: "text" }, text),
    ];
    const row = element("tr", { id, role: "row", class: "whole" }, element("td", { role: "cell", colspan: `${HEAD.length}` }, ...inner));
    row.hidden = true;
    return row;
  }
}

function cell(of: string | undefined, inner: Node | string): HTMLElement {
  return element("td", { role: "cell", "data-of": of ?? "" }, inner);
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > LETTERS ? `${line.slice(0, LETTERS).trimEnd()}…` : line;
}
