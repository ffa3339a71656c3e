/** What `bench.html` measures, without a browser: the same module on Dawn, the WebGPU that Chromium has inside; on the processor without it. */

import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

import type { Device, Dtype, LoadOptions } from "../../engine/messages";
import type { Figures } from "../figures";
import { USUAL } from "../measure";
import { figuresOf } from "../run";
import { about, decoding, kernelTable, prompts, type Table } from "../tables";
import { onDisk } from "./files";
import { ofNoise } from "./noise";

const USAGE = `node dawn.mjs (--model FILE | --random SIZE) [options]

  --model PATH       a .gguf, or a folder with a checkpoint
  --random SIZE      weights of noise in a shape of MobileLLM-R1: 950m, 360m or 140m
  --dtype, --kv, --context, --device   as the page's address has them; webgpu is the device if not said
  --repeat N         how often each figure is measured, 5 if not said
  --prompts A,B      tokens of prompts, ${USUAL.prompts.join(",")} if not said
  --depths A,B       tokens that others are decoded after, ${USUAL.depths.join(",")} if not said
  --adapter NAME     the adapter that Dawn knows by this name, or by a part of it
  --json             JSON in place of tables
  --save FILE        JSON into a file as well`;

const { values: asked } = parseArgs({
  options: {
    model: { type: "string" },
    random: { type: "string" },
    dtype: { type: "string" },
    kv: { type: "string" },
    context: { type: "string" },
    device: { type: "string", default: "webgpu" },
    repeat: { type: "string", default: "5" },
    prompts: { type: "string", default: USUAL.prompts.join() },
    depths: { type: "string", default: USUAL.depths.join() },
    adapter: { type: "string" },
    json: { type: "boolean" },
    save: { type: "string" },
  },
});

/** Puts Dawn where a browser has WebGPU, in the places where the module looks for it. */
async function bringWebGpu(): Promise<void> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  // Chromium rounds the GPU's clock for pages; whoever runs this may read it as it is.
  const options = ["disable-dawn-features=timestamp_quantization", ...(asked.adapter ? [`adapter=${asked.adapter}`] : [])];
  const gpu = create(options);
  // Dawn's own set cannot be gone through.
  Object.defineProperty(gpu, "wgslLanguageFeatures", { value: new Set(gpu.wgslLanguageFeatures) });
  Object.assign(navigator, { gpu });
  // The module asks whether it stands in a window.
  Object.assign(globalThis, { Window: class { static [Symbol.hasInstance](value: unknown): boolean { return value === globalThis; } } });
}

/** Of the package, put here as this is built. */
declare const WEBGPU_VERSION: string;

/** Says who runs this, as a browser does. */
function bringNavigator(): void {
  const userAgent = `Node.js/${process.versions.node} Dawn (npm webgpu ${WEBGPU_VERSION})`;
  const value = { userAgent, platform: `${process.platform} ${process.arch}`, hardwareConcurrency: availableParallelism() };
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
}

async function run(): Promise<Figures> {
  const place = asked.random ? ofNoise(asked.random) : await onDisk(asked.model ?? "");
  const numbers = (list: string) => list.split(",").map(Number);
  bringNavigator();
  if (asked.device !== "cpu") {
    await bringWebGpu();
  }
  const load: LoadOptions = {
    device: asked.device as Device,
    ...(asked.dtype ? { dtype: asked.dtype as Dtype } : {}),
    ...(asked.kv ? { kv: asked.kv as "f16" | "f32" } : {}),
    ...(asked.context ? { context: Number(asked.context) } : {}),
  };
  const figures = await figuresOf(place, load, {
    repeat: Math.max(1, Number(asked.repeat)),
    prompts: numbers(asked.prompts),
    depths: numbers(asked.depths),
    signal: new AbortController().signal,
    tell: (words) => words.startsWith("loading:") || console.error(words),
  });
  const peak_rss_bytes = process.resourceUsage().maxRSS * 1024;
  return { ...figures, memory: { ...figures.memory, peak_rss_bytes } };
}

function written(figures: Figures): string {
  const tables = [decoding(figures), prompts(figures), ...(figures.kernels ? [kernelTable(figures.kernels)] : [])];
  return [...about(figures), ...tables.map(aligned)].join("\n");
}

function aligned({ title, head, rows, note }: Table): string {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd();
  return ["", title, ...[head, ...rows].map(line), ...(note === undefined ? [] : [note])].join("\n");
}

if (asked.model === undefined && asked.random === undefined) {
  console.error(USAGE);
  process.exit(2);
}
try {
  const figures = await run();
  const json = JSON.stringify(figures, undefined, 2);
  console.log(asked.json ? json : written(figures));
  if (asked.save) {
    writeFileSync(asked.save, `${json}\n`);
  }
  // Dawn keeps the process alive.
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
