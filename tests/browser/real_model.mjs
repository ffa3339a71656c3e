// SmolLM2 in Chromium on the software adapter against the terminal: a raw prompt, 8 greedy tokens.
// `cargo xtask browser-real` runs it; it takes minutes.

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { openChromium } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const HOME = fileURLToPath(new URL("../../", import.meta.url));
const NAME = "SmolLM2-135M-Instruct.Q4_1.gguf";
const PROMPT = "The capital of France is";
const TOKENS = 8;
const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));

mkdirSync(SHOTS, { recursive: true });
const site = await openSite();
const browser = await openChromium();
try {
  const page = await browser.page(`${site.url}/?model=models/${NAME}&device=webgpu`);
  await page.waitForFunction(() => document.querySelector("reckon-app").stage.progress?.loaded_bytes > 3e7);
  await page.screenshot({ path: join(SHOTS, "real-loading.png") });
  const started = performance.now();
  await page.waitForFunction(() => !["looking", "loading"].includes(document.querySelector("reckon-app").stage.is), null, {
    timeout: 600_000,
  });
  console.log(`loaded after ${((performance.now() - started) / 1000).toFixed(1)} s more`);
  page.setDefaultTimeout(600_000);
  const found = await page.evaluate(generate, { prompt: PROMPT, count: TOKENS });
  console.log("browser ", JSON.stringify(found));
  const arguments_ = ["generate", "--model", join(HOME, ".models", NAME), "--prompt", PROMPT, "--raw", "--device", "webgpu"];
  const greedy = ["--temperature", "0", "--max-tokens", String(TOKENS), "--json"];
  const bin = process.env.RECKON_BIN ?? join(HOME, "target/release/reckon");
  const native = JSON.parse(execFileSync(bin, [...arguments_, ...greedy], { stdio: ["ignore", "pipe", "ignore"] }));
  console.log("terminal", JSON.stringify(native));
  const same = JSON.stringify(found.tokens) === JSON.stringify(native.tokens);
  console.log(same ? `all ${TOKENS} tokens are equal` : "the tokens DIFFER");
  process.exitCode = same ? 0 : 1;
} finally {
  await browser.close();
  await site.close();
}

/** Runs in the page. */
async function generate({ prompt, count }) {
  const { model } = document.querySelector("reckon-app");
  const options = { sampling: { temperature: 0 }, max_tokens: count };
  const tokens = [];
  let [text, statistics] = ["", undefined];
  for await (const step of model.conversation().generate({ raw: prompt }, options)) {
    statistics = step.statistics;
    text += step.event.text ?? "";
    if (step.event.kind === "token") {
      tokens.push(step.event.id);
    }
  }
  return { tokens, text, statistics, description: model.description };
}
