// Engines in a browser, on the processor of this machine and on WebGPU, and llama.cpp outside one. See README.md.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

import { openChromium } from "../browser/chromium.mjs";
import { openSite } from "../browser/site.mjs";
import { cases } from "./cases.mjs";
import { Processes, idleSeconds } from "./processes.mjs";
import { asMarkdown, asSvg, summaries } from "./report.mjs";

const USAGE = `node tests/peers/run.mjs WORK [options]

  WORK               holds node_modules and models, see README.md
  --launches N       fresh browsers for each case, 5 if not said
  --only REGEX       cases by name
  --out FOLDER       results.json, results.md and results.svg; WORK/out if not said
  --app FOLDER       our app as built, web/dist if not said
  --before FOLDER    an earlier build of it, to be compared on WebGPU
  --device NAME      who computes for ours: cpu if not said; anything else runs on the software adapter
  --quiet SECONDS    wait so long for a machine that is idle by four fifths
  --python PATH      what runs native.py
  --reckon PATH      our binary, target/release/reckon if not said
  --list             names the cases
  --report           writes the report of what was measured before`;
const HERE = dirname(fileURLToPath(import.meta.url));
const LAUNCH_LIMIT_S = 1800;
const LOOK_EVERY_MS = 400;
const IDLE_ENOUGH = 0.8;
const IDLE_OVER_MS = 2000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    launches: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    out: { type: "string" },
    app: { type: "string" },
    before: { type: "string" },
    device: { type: "string", default: "cpu" },
    quiet: { type: "string", default: "0" },
    python: { type: "string", default: "python3" },
    reckon: { type: "string" },
    list: { type: "boolean" },
    report: { type: "boolean" },
  },
});
if (positionals.length !== 1) {
  console.error(USAGE);
  process.exit(2);
}
const work = resolve(positionals[0]);
const out = resolve(options.out ?? join(work, "out"));
const app = resolve(options.app ?? join(HERE, "../../web/dist"));
const before = options.before && resolve(options.before);
const reckon = resolve(options.reckon ?? join(HERE, "../../target/release/reckon"));

const chosen = cases(options.device).filter(({ name }) => new RegExp(options.only).test(name));
if (options.list) {
  chosen.forEach(({ name }) => console.log(name));
} else if (options.report) {
  report(JSON.parse(readFileSync(join(out, "results.json"), "utf8")));
} else {
  await compare();
}

/** Every case once, then every case again: what else the machine does hits all of them alike. */
async function compare() {
  const present = chosen.filter(isPresent);
  const results = { machine: machine(), cases: present.map(({ name }) => name), launches: [] };
  for (let round = 0; round < Number(options.launches); round++) {
    for (let index = 0; index < present.length; index++) {
      // Each round begins one case later, so that none always follows the same one.
      const settings = present[(index + round) % present.length];
      const launch = await launched(settings, round);
      results.launches.push(launch);
      console.log(settings.name, JSON.stringify(launch.fault ?? launch.figures));
      report(results);
    }
  }
}

function isPresent({ name, page, is_before, isTerminal, needs }) {
  if (is_before && !before) {
    console.log(`${name}: NOT RUN: --before names no earlier build`);
    return false;
  }
  const own = [...(page === "ours.html" ? [join(is_before ? before : app, "index.html")] : []), ...(isTerminal ? [reckon] : [])];
  const missing = [...needs.map((path) => join(work, path)), ...own].find((path) => !existsSync(path));
  if (missing) {
    console.log(`${name}: NOT RUN: there is no ${missing}`);
  }
  return !missing;
}

async function launched(settings, round) {
  const idle_share = await quiet(Number(options.quiet));
  const before = { at: new Date().toISOString(), idle_share, load_average: loadavg()[0] };
  const { name, group, engine, model } = settings;
  const launch = { name, group, engine, round, ...before, model_bytes: bytes(join(work, "models", model)) };
  try {
    const measure = settings.page ? inBrowser : settings.isTerminal ? terminal : native;
    return { ...launch, ...(await measure(settings)) };
  } catch (error) {
    return { ...launch, fault: String(error.message ?? error) };
  }
}

/** Bytes of a file; nothing for a folder. */
function bytes(path) {
  const found = statSync(path);
  return found.isFile() ? found.size : undefined;
}

/** A fresh browser with a fresh profile. */
async function inBrowser(settings) {
  const site = await openSite({
    models: join(work, "models"),
    app: settings.is_before ? before : app,
    folders: { peers: join(HERE, "pages"), packages: join(work, "node_modules") },
  });
  const onProcessor = !settings.has_adapter && (settings.device === undefined || settings.device === "cpu");
  const browser = await openChromium(onProcessor ? { adapter: [] } : {});
  const processes = new Processes(browser.profile);
  let [looking, limit] = [undefined, undefined];
  try {
    await browser.context.exposeFunction("cpuSeconds", () => processes.cpuSeconds());
    const page = await browser.page(`${site.url}/peers/${settings.page}`);
    await page.waitForFunction(() => window.measure).catch((error) => {
      throw new Error(`${error.message}\n${page.said.join("\n")}`);
    });
    looking = setInterval(() => processes.look(), LOOK_EVERY_MS);
    const { limit_s = LAUNCH_LIMIT_S } = settings;
    const late = new Promise((_, reject) => {
      limit = setTimeout(() => reject(new Error(`stopped after ${limit_s} s`)), limit_s * 1000);
    });
    const { needs, libraries, ...plain } = settings;
    const detail = await Promise.race([page.evaluate((settings) => window.measure(settings), plain), late]);
    processes.look();
    const browser_version = browser.context.browser()?.version();
    return { figures: { ...figures(detail), ...processes.memory }, browser_version, detail };
  } finally {
    clearInterval(looking);
    clearTimeout(limit);
    await browser.close();
    await site.close();
  }
}

function figures({ load, cold, prompt, decode, long }) {
  const { prompt_tokens: tokens, new_tokens } = decode;
  return {
    fetch_ms: load.fetch_ms,
    init_ms: load.init_ms,
    load_cpu_s: load.cpu_s,
    [`cold_ttft_${tokens}_ms`]: cold?.ttft_ms,
    [`ttft_${tokens}_ms`]: prompt ? (prompt.ttft_ms + decode.ttft_ms) / 2 : decode.ttft_ms,
    ttft_512_ms: long?.ttft_ms,
    decode_tokens: new_tokens,
    decode_tok_per_s: decode.tok_per_s,
    decode_ms_per_token: decode.ms_per_token,
    [`prompt_${tokens}_cpu_s`]: prompt?.cpu_s,
    prompt_512_cpu_s: long?.cpu_s,
    decode_cpu_ms_per_token: (decode.cpu_s_after_first * 1000) / (new_tokens - 1),
  };
}

/** Our own binary, started for each prompt; from the start of the prompt on. */
async function terminal({ model, prompts: group, threads, decode_tokens, calls }) {
  const prompts = JSON.parse(readFileSync(join(HERE, "pages/prompts.json"), "utf8"))[group];
  const generate = async ({ text, ids }, tokens) => {
    const how = ["--device", "cpu", "--threads", threads, "--raw", "--temperature", 0, "--max-tokens", tokens, "--json"];
    const what = ["generate", "--model", join(work, "models", model), "--prompt", text];
    const { stdout } = await promisify(execFile)(reckon, [...what, ...how.map(String)]);
    const told = JSON.parse(stdout);
    if (told.prompt_tokens !== ids.length) {
      throw new Error(`the prompt has ${ids.length} tokens, and ${told.prompt_tokens} were computed`);
    }
    return { ...told, ttft_ms: (1000 * ids.length) / told.prefill_tokens_per_s };
  };
  const decode = await generate(prompts.p64, decode_tokens);
  const figures = {
    ttft_64_ms: decode.ttft_ms,
    decode_tokens: decode.tokens.length,
    decode_tok_per_s: decode.decode_tokens_per_s,
  };
  return { figures: calls.includes("long") ? { ...figures, ttft_512_ms: (await generate(prompts.p512, 1)).ttft_ms } : figures };
}

/** One repetition of native.py; a prefill there makes logits and no token. */
async function native({ libraries, model, threads }) {
  const script = [join(HERE, "native.py"), "bench", join(work, "node_modules", libraries), join(work, "models", model)];
  const few = ["--threads", String(threads), "--repeats", "1"];
  const { stdout } = await promisify(execFile)(options.python, [...script, ...few]);
  const rows = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const row = (name) => rows.find(({ test }) => test === name);
  const decode = row("decode");
  const told = {
    ttft_64_ms: row("prefill 64").wall_ms,
    ttft_512_ms: row("prefill 512").wall_ms,
    decode_tokens: decode.tokens,
    decode_tok_per_s: decode.tok_per_s,
    prompt_64_cpu_s: row("prefill 64").cpu_ms / 1000,
    prompt_512_cpu_s: row("prefill 512").cpu_ms / 1000,
    decode_cpu_ms_per_token: decode.cpu_ms / decode.tokens,
  };
  return { figures: told };
}

/** Waits until the machine is idle, or as long as asked; tells how idle it is. */
async function quiet(most_s) {
  for (const started = Date.now(); ; ) {
    const before = idleSeconds();
    await new Promise((resolve) => setTimeout(resolve, IDLE_OVER_MS));
    const after = idleSeconds();
    const share = (after.idle_s - before.idle_s) / (after.all_s - before.all_s);
    if (IDLE_ENOUGH < share || most_s * 1000 < Date.now() - started) {
      return Math.round(share * 100) / 100;
    }
  }
}

function machine() {
  const info = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const flags = /^flags\s*: (.*)$/m.exec(info)?.[1].split(" ") ?? [];
  return {
    cpu: cpus()[0].model,
    cores: cpus().length,
    simd: flags.filter((flag) => /^(avx|fma$|f16c$)/.test(flag)),
    memory_bytes: totalmem(),
    node: process.version,
  };
}

function report(results) {
  mkdirSync(out, { recursive: true });
  results.summaries = summaries(results);
  writeFileSync(join(out, "results.json"), JSON.stringify(results, null, 1));
  writeFileSync(join(out, "results.md"), asMarkdown(results));
  writeFileSync(join(out, "results.svg"), asSvg(results));
}
