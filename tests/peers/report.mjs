// Medians and ranges of what was measured, as a table and as a picture.

const COLUMNS = [
  ["fetch_ms", "read, ms"],
  ["init_ms", "load, ms"],
  ["cold_ttft_8_ms", "first call, 8 tokens, ms"],
  ["cold_ttft_64_ms", "first call, 64 tokens, ms"],
  ["ttft_8_ms", "first token after 8, ms"],
  ["ttft_64_ms", "first token after 64, ms"],
  ["ttft_512_ms", "first token after 512, ms"],
  ["decode_tok_per_s", "decode, tok/s"],
  ["decode_gb_per_s", "weights, GB/s"],
];
const COST_COLUMNS = [
  ["load_cpu_s", "load, s"],
  ["prompt_8_cpu_s", "8 tokens, s"],
  ["prompt_64_cpu_s", "64 tokens, s"],
  ["prompt_512_cpu_s", "512 tokens, s"],
  ["decode_cpu_ms_per_token", "a decoded token, ms"],
  ["decode_ms_per_token", "of time, ms"],
  ["renderer_peak_mib", "renderer's peak, MiB"],
  ["gpu_peak_mib", "GPU process's peak, MiB"],
  ["tree_peak_mib", "all processes' peak, MiB"],
];

/** Of each case: how many launches, and median, least and most of each figure. */
export function summaries({ cases, launches }) {
  return cases.map((name) => {
    const own = launches.filter((launch) => launch.name === name);
    const good = own.filter(({ figures }) => figures);
    const rows = good.map(({ figures, model_bytes }) => ({ ...figures, ...readRate(figures, model_bytes) }));
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return {
      name,
      group: own[0]?.group,
      engine: own[0]?.engine,
      launches: good.length,
      faults: own.filter(({ fault }) => fault).map(({ fault }) => fault),
      answer: (good.at(-1)?.detail?.question ?? good.at(-1)?.detail?.decode)?.text,
      figures: Object.fromEntries(names.map((name) => [name, spread(rows.map((row) => row[name]))])),
    };
  });
}

/** Weights that decoding reads in a second: a GGUF is little else, and all of it is read for every token. */
function readRate({ decode_tok_per_s }, model_bytes) {
  return model_bytes === undefined ? {} : { decode_gb_per_s: (decode_tok_per_s * model_bytes) / 1e9 };
}

function spread(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1), values };
}

/** Tables for each model. */
export function asMarkdown({ machine, summaries, launches }) {
  const loads = spread(launches.map(({ load_average }) => load_average));
  const version = launches.find(({ browser_version }) => browser_version)?.browser_version;
  const lines = [
    "# In-browser engines",
    "",
    `${launches[0]?.at.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, Chromium ${version ?? "not run"}.`,
    "Median (least to most) of the launches.",
    `Load average before a launch: ${number(loads.least)} to ${number(loads.most)}.`,
  ];
  for (const [group, rows] of groups(summaries)) {
    lines.push("", `## ${group}`, "", ...table(COLUMNS, rows));
    lines.push("", "Seconds of the processor, and memory:", "", ...table(COST_COLUMNS, rows), "");
    for (const { engine, answer, faults } of rows) {
      lines.push(...(answer ? [`- ${engine}: ${JSON.stringify(answer)}`] : []));
      lines.push(...faults.map((fault) => `- ${engine} FAILED: ${fault}`));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Columns that nobody in the group has a figure for are left out. */
function table(all, rows) {
  const columns = all.filter(([name]) => has(rows, name));
  const cell = ({ median, least, most } = {}) =>
    !Number.isFinite(median) ? "–" : `${number(median)} (${number(least)}–${number(most)})`;
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    line(["engine", "launches", ...columns.map(([, title]) => title)]),
    line(["---", "--:", ...columns.map(() => "--:")]),
    ...rows.map((row) => line([row.engine, row.launches, ...columns.map(([name]) => cell(row.figures[name]))])),
  ];
}

function has(rows, name) {
  return rows.some(({ figures }) => Number.isFinite(figures[name]?.median));
}

function groups(summaries) {
  const names = [...new Set(summaries.map(({ group }) => group).filter(Boolean))];
  return names.map((group) => [group, summaries.filter((row) => row.group === group)]);
}

/** Three significant figures, and no exponent. */
function number(value) {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** Of which a group has three at most. */
const PANELS = [
  ["ttft_8_ms", "first token after 8, ms"],
  ["ttft_64_ms", "first token after 64, ms"],
  ["ttft_512_ms", "first token after 512, ms"],
  ["decode_tok_per_s", "decode, tokens per second"],
];
const MOST_PANELS = 3;
const PANEL_WIDTH = 300;
const BAR_WIDTH = 230;
const NAMES_WIDTH = 190;
const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 56;

/** A bar for each median, a line from least to most, a dot for each launch. */
export function asSvg({ summaries }) {
  let top = 0;
  const parts = groups(summaries).map(([group, rows]) => {
    const part = `<g transform="translate(0 ${top})">${groupSvg(group, rows)}</g>`;
    top += HEAD_HEIGHT + rows.length * ROW_HEIGHT + 16;
    return part;
  });
  const size = `width="${NAMES_WIDTH + MOST_PANELS * PANEL_WIDTH}" height="${top}"`;
  const style = "text{font:12px sans-serif;fill:#222}.head{font-weight:bold}.bar{fill:#b9c7d8}.ours{fill:#e0a458}";
  const more = "line{stroke:#222}circle{fill:#222;fill-opacity:.55}";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size}>`,
    `<style>${style}${more}</style>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function groupSvg(group, rows) {
  const middle = (index) => HEAD_HEIGHT + (index + 0.5) * ROW_HEIGHT;
  const names = rows.map(({ engine }, index) => text(8, middle(index) + 4, engine));
  const panels = PANELS.filter(([name]) => has(rows, name)).map(([name, title], index) => {
    const most = Math.max(...rows.map(({ figures }) => figures[name]?.most ?? 0), 1e-9);
    const bars = rows.map(({ engine, figures }, row) => bar(figures[name], engine, most, middle(row)));
    const shift = `translate(${NAMES_WIDTH + index * PANEL_WIDTH} 0)`;
    return `<g transform="${shift}">${text(0, 44, title)}${bars.join("")}</g>`;
  });
  return [text(8, 22, group, "head"), ...names, ...panels].join("");
}

function bar(figure, engine, most, y) {
  if (!Number.isFinite(figure?.median)) {
    return text(0, y + 4, "–");
  }
  const x = (value) => ((value / most) * BAR_WIDTH).toFixed(1);
  const kind = engine.startsWith("ours") ? "bar ours" : "bar";
  return [
    `<rect class="${kind}" y="${y - 9}" width="${x(figure.median)}" height="18"/>`,
    `<line x1="${x(figure.least)}" x2="${x(figure.most)}" y1="${y}" y2="${y}"/>`,
    ...figure.values.filter(Number.isFinite).map((value) => `<circle cx="${x(value)}" cy="${y}" r="2.5"/>`),
    text(BAR_WIDTH + 8, y + 4, number(figure.median)),
  ].join("");
}

function text(x, y, words, kind = "") {
  const safe = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text class="${kind}" x="${x}" y="${y}">${safe}</text>`;
}
