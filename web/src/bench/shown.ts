/** What was found, as a person reads it: tables, a plot, and the JSON to share. */

import type { Figures } from "./figures";
import { figure, type Spread } from "./spread";
import { about, decoding, kernelTable, prompts, type Table } from "./tables";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const NAMES_WIDTH = 190;
const BAR_WIDTH = 400;
const ROW_HEIGHT = 26;

/** Everything that was found. */
export function shown(found: Figures): Node[] {
  const { decode, prefill, kernels } = found;
  return [
    ...about(found).map((words) => element("p", words)),
    ...drawnTable(decoding(found)),
    plot(decode.map(({ depth, tokens_per_s }) => [`after ${depth}`, tokens_per_s]), "Tokens a second, decoding"),
    ...drawnTable(prompts(found)),
    plot(prefill.map(({ tokens, tokens_per_s }) => [`${tokens} tokens`, tokens_per_s]), "Tokens a second, prompts"),
    ...(kernels ? drawnTable(kernelTable(kernels)) : []),
    element("h2", "To share"),
    ...json(found),
  ];
}

function drawnTable({ title, head, rows, note }: Table): HTMLElement[] {
  const row = (kind: "th" | "td", cells: readonly string[]) => element("tr", ...cells.map((cell) => element(kind, cell)));
  const scrolls = element("div", element("table", element("thead", row("th", head)), element("tbody", ...rows.map((cells) => row("td", cells)))));
  scrolls.className = "scrolls";
  return [element("h2", title), scrolls, ...(note === undefined ? [] : [element("p", note)])];
}

/** A bar for each median, a line from least to most. */
function plot(bars: readonly (readonly [string, Spread])[], title: string): SVGElement {
  const height = bars.length * ROW_HEIGHT + 8;
  const most = Math.max(...bars.map(([, value]) => value.most), Number.MIN_VALUE);
  const x = (value: number) => NAMES_WIDTH + (value / most) * BAR_WIDTH;
  const parts = bars.flatMap(([name, value], row) => {
    const y = (row + 0.5) * ROW_HEIGHT + 4;
    return [
      drawn("text", { x: 0, y: y + 4 }, name),
      drawn("rect", { x: NAMES_WIDTH, y: y - 9, width: x(value.median) - NAMES_WIDTH, height: 18 }),
      drawn("line", { x1: x(value.least), x2: x(value.most), y1: y, y2: y }),
      drawn("text", { x: x(value.most) + 8, y: y + 4 }, figure(value.median)),
    ];
  });
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": title });
  svg.append(...parts);
  return svg;
}

function json(found: Figures): HTMLElement[] {
  const text = element("textarea");
  text.readOnly = true;
  text.value = JSON.stringify(found, undefined, 2);
  text.setAttribute("aria-label", "What was found, as JSON");
  const copy = element("button", "Copy");
  copy.addEventListener("click", () => {
    text.select();
    void navigator.clipboard.writeText(text.value).then(
      () => (copy.textContent = "Copied"),
      () => (copy.textContent = "Selected: copy it yourself"),
    );
  });
  return [text, copy];
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, ...inner: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.append(...inner);
  return made;
}

function drawn(name: string, attributes: Readonly<Record<string, string | number>>, words = ""): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  Object.entries(attributes).forEach(([attribute, value]) => made.setAttribute(attribute, `${value}`));
  made.textContent = words;
  return made;
}
