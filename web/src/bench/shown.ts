/** What was found, as a person reads it: tables, a plot, and the JSON to share. */

import { bytes } from "../page/quantities";
import type { Figures } from "./figures";
import { figure, type Spread, written } from "./spread";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const NAMES_WIDTH = 190;
const BAR_WIDTH = 400;
const ROW_HEIGHT = 26;

/** Everything that was found. */
export function shown(found: Figures): Node[] {
  const { device, decode, prefill, first_token, memory } = found;
  const about = [
    `${found.model.name}, ${found.model.dtypes.join(" and ")}, on ${device.device}: ${device.adapter}.`,
    `First token after ${first_token.prompt_tokens} tokens: ${written(first_token.ms)} ms, ${figure(first_token.first_ms)} ms the first time; ` +
      `loaded in ${figure(found.load_ms)} ms.`,
    `Memory at most: weights ${bytes(memory.weights_bytes)}, GPU ${bytes(memory.gpu_bytes)}, the module's heap ${bytes(memory.heap_bytes)}.`,
    `Medians (least to most) of ${found.repeat}.`,
  ];
  return [
    ...about.map((words) => element("p", words)),
    element("h2", "Decoding"),
    table(
      ["after", "tokens/s", "GB/s", "bytes/token", "dispatches/token"],
      decode.map((row) => [
        `${row.depth}`,
        written(row.tokens_per_s),
        written(row.gb_per_s),
        bytes(row.bytes_per_token),
        `${row.dispatches_per_token}`,
      ]),
    ),
    plot(decode.map(({ depth, tokens_per_s }) => [`after ${depth}`, tokens_per_s]), "Tokens a second, decoding"),
    element("h2", "Prompts"),
    table(["tokens", "ms", "tokens/s"], prefill.map((row) => [`${row.tokens}`, written(row.ms), written(row.tokens_per_s)])),
    plot(prefill.map(({ tokens, tokens_per_s }) => [`${tokens} tokens`, tokens_per_s]), "Tokens a second, prompts"),
    element("h2", "To share"),
    ...json(found),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const row = (kind: "th" | "td", cells: readonly string[]) => element("tr", ...cells.map((cell) => element(kind, cell)));
  const scrolls = element("div", element("table", element("thead", row("th", head)), element("tbody", ...rows.map((cells) => row("td", cells)))));
  scrolls.className = "scrolls";
  return scrolls;
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
