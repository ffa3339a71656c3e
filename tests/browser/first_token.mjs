// From opening the page to the first thinking token of the embedded model: 5 new profiles and a second visit with each, on
// the processor and on WebGPU's software adapter. `cargo xtask first-token` runs it; quiet machines alone tell anything.

import { cpus } from "node:os";

import { newProfile, openChromium, removeProfile } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const LAUNCHES = 5;
const QUESTION = "What is 47 × 6?";
/** Medians that the processor is held to. */
const MOST_MS = { "new profile": 4000, "second visit": 2000 };
const LEAST_TOKENS_PER_S = 50;
/** What `auto` chooses for a model as small as this, and what is asked for by name. */
const DEVICES = { cpu: "", webgpu: "&device=webgpu" };

const site = await openSite();
const runs = [];
try {
  for (const [device, query] of Object.entries(DEVICES)) {
    for (let launch = 0; launch < LAUNCHES; launch++) {
      const profile = newProfile();
      for (const visit of Object.keys(MOST_MS)) {
        runs.push({ device, visit, ...(await measure(profile, query)) });
        console.log(JSON.stringify(runs.at(-1)));
      }
      removeProfile(profile);
    }
  }
} finally {
  await site.close();
}
report();

/** One launch: when what had happened, in milliseconds after the page was opened. */
async function measure(profile, query) {
  const browser = await openChromium({ profile, keepsApp: true });
  try {
    const page = await browser.page(`${site.url}/?ask=${encodeURIComponent(QUESTION)}${query}`);
    page.setDefaultTimeout(120_000);
    const shown = await page.waitForFunction(isThinkingShown, undefined, { polling: "raf" });
    const thinking_ms = await shown.jsonValue();
    await page.waitForFunction(() => document.querySelector("reckon-app").turns[0]?.isRunning === false);
    const { adapter, origin_ms, ...told } = await page.evaluate(tell);
    const worker = await page.workers()[0].evaluate(tellOfWorker);
    const since = (time_ms) => worker.origin_ms + time_ms - origin_ms;
    return rounded({
      adapter,
      thinking_ms,
      scripts_ms: since(0),
      wasm_ms: worker["module ready"],
      wasm_fetch_ms: worker.wasm_fetch_ms,
      load_ms: worker["load ends"] - Math.max(worker["load begins"], worker["module ready"]),
      model_fetch_ms: worker.model_fetch_ms,
      loaded_ms: since(worker["load ends"]),
      ...told,
    });
  } finally {
    await browser.close();
  }
}

/** Runs in the page: when the first words of the thinking stand on it. */
function isThinkingShown() {
  const turn = document.querySelector("reckon-app")?.shadowRoot?.querySelector("reckon-turn");
  return turn?.shadowRoot?.querySelector(".thoughts")?.textContent.trim() ? performance.now() : false;
}

/** Runs in the page. */
function tell() {
  const { model, turns } = document.querySelector("reckon-app");
  const { prefill_ms, prompt_tokens, completion_tokens, decode_tokens_per_s } = turns[0].statistics;
  const { reason } = turns[0];
  const { adapter } = model.description;
  return { adapter, origin_ms: performance.timeOrigin, prefill_ms, prompt_tokens, completion_tokens, decode_tokens_per_s, reason };
}

/** Runs in the worker. */
function tellOfWorker() {
  const marks = performance.getEntriesByType("mark").map(({ name, startTime }) => [name, startTime]);
  const took = (part) =>
    performance.getEntriesByType("resource").filter(({ name }) => name.includes(part)).reduce((sum, { duration }) => sum + duration, 0);
  return { origin_ms: performance.timeOrigin, wasm_fetch_ms: took(".wasm"), model_fetch_ms: took("/models/"), ...Object.fromEntries(marks) };
}

function rounded(found) {
  const round = ([name, value]) => [name, typeof value === "number" ? Math.round(value * 10) / 10 : value];
  return Object.fromEntries(Object.entries(found).map(round));
}

function report() {
  const faults = [];
  const groups = [];
  for (const device of Object.keys(DEVICES)) {
    for (const [visit, most_ms] of Object.entries(MOST_MS)) {
      const group = runs.filter((run) => run.device === device && run.visit === visit);
      const figures = Object.keys(group[0]).filter((name) => typeof group[0][name] === "number").map((name) => [name, spread(group, name)]);
      const { thinking_ms, decode_tokens_per_s } = Object.fromEntries(figures);
      groups.push({ device, visit, adapter: group[0].adapter, figures: Object.fromEntries(figures) });
      console.log(`${device}, ${visit}: ${group[0].adapter}`);
      figures.forEach(([name, { median, least, most }]) => console.log(`  ${name.padEnd(20)} ${median} (${least} to ${most})`));
      if (device === "cpu" && !(thinking_ms.median <= most_ms && decode_tokens_per_s.median >= LEAST_TOKENS_PER_S)) {
        faults.push(`${visit}: first thinking token after ${thinking_ms.median} ms, ${decode_tokens_per_s.median} tokens/s`);
      }
    }
  }
  console.log(JSON.stringify({ processor: cpus()[0]?.model, cores: cpus().length, launches: LAUNCHES, groups }));
  faults.forEach((fault) => console.log(`NOT AS IT MUST BE: ${fault}`));
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function spread(group, name) {
  const values = group.map((run) => run[name]).sort((a, b) => a - b);
  return { median: values[values.length >> 1], least: values[0], most: values.at(-1) };
}
