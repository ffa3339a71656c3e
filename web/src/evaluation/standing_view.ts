/** How a run stands: what is asked and right so far, between what the share lies, and how long it will take. */

import { time } from "../page/quantities";
import { drawn, element } from "./element";
import type { Standing, Summary } from "./messages";

/** Draws it into `into` as answers come. */
export class StandingView {
  readonly #bar = element("progress", { "aria-label": "Problems answered", value: "0" });
  readonly #figures = element("dl", { class: "figures" });
  readonly #plot = element("div", { class: "plot" });
  readonly #started = performance.now();

  constructor(into: HTMLElement, private readonly problems: number) {
    this.#bar.max = problems;
    into.replaceChildren(this.#bar, this.#figures, this.#plot);
    into.hidden = false;
    this.#tell(["Answered", `0 of ${problems.toLocaleString()}`]);
  }

  /** What all answers up to now come to. */
  show({ summary }: Standing): void {
    const { asked, right, share, paper } = summary;
    this.#bar.value = asked;
    const each = (performance.now() - this.#started) / asked;
    const left = this.problems - asked;
    this.#tell(
      ["Answered", `${asked.toLocaleString()} of ${this.problems.toLocaleString()}`],
      ["Right so far", `${right.toLocaleString()} of ${asked.toLocaleString()}`],
      ["Share", percent(share.share)],
      ["95 % interval", `${percent(share.least)} to ${percent(share.most)}`],
      ...(paper ? ([["The paper", percent(paper.percent / 100)]] as const) : []),
      ...(left > 0 ? ([["To go", `about ${time(each * left)}`]] as const) : []),
    );
    this.#plot.replaceChildren(...plot(summary));
  }

  /** There is nothing to go any more. */
  end(): void {
    this.#figures.querySelector("[data-of='To go']")?.remove();
  }

  #tell(...figures: (readonly [string, string])[]): void {
    const told = figures.map(([name, words]) => element("div", { "data-of": name }, element("dt", {}, name), element("dd", {}, words)));
    this.#figures.replaceChildren(...told);
  }
}

/** What it came to in the end, row by row. */
export function summaryTable({ title, rows }: Standing): HTMLElement[] {
  const row = ([name, words]: readonly [string, string]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, words));
  return [element("h2", {}, title), element("table", { class: "came" }, element("tbody", {}, ...rows.map(row)))];
}

/** The share within its interval, from nothing to all, and the paper's beside it. */
function plot({ share, paper }: Summary): Element[] {
  const paper_words = paper ? `; the paper has ${percent(paper.percent / 100)}` : "";
  const words = `${percent(share.share)} are right, with 95 % between ${percent(share.least)} and ${percent(share.most)}${paper_words}`;
  const upright = (kind: string, at: number) => drawn("line", { class: kind, x1: at, x2: at, y1: 0, y2: 1 });
  const parts = [
    drawn("line", { class: "track", x1: 0, x2: 1, y1: 0.5, y2: 0.5 }),
    drawn("rect", { x: share.least, y: 0.2, width: share.most - share.least, height: 0.6 }),
    ...(paper ? [upright("paper", paper.percent / 100)] : []),
    upright("share", share.share),
  ];
  // As wide as the page, whatever that is: lines keep their widths.
  const svg = drawn("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", role: "img", "aria-label": words }, ...parts);
  const scale = [0, 0.25, 0.5, 0.75, 1].map((at) => element("span", {}, `${at * 100} %`));
  return [svg, element("div", { class: "scale", "aria-hidden": "true" }, ...scale)];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
