// What measures: the page with the embedded model, on the processor and on the software adapter, as a visitor uses it, and
// the same scripts in Node.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { noteViolations, openChromium } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const WEB = fileURLToPath(new URL("../../web/", import.meta.url));

let site, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite();
  browser = await openChromium();
  await noteViolations(browser.context);
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** Measures as the page's address asks, and reads what it shows to share. */
async function measured(query) {
  site.requests.length = 0;
  const page = await browser.page(`${site.url}/bench.html?keep=no&${query}`);
  assert.ok(!site.requests.some(({ path }) => path.endsWith(".gguf")), "nothing is fetched before");
  await button(page, "Measure").click();
  await page.getByText("Measured.").waitFor({ timeout: 180_000 });
  return { page, found: JSON.parse(await page.getByRole("textbox", { name: "What was found, as JSON" }).inputValue()) };
}

const isSpread = ({ least, median, most, samples }) => least > 0 && least <= median && median <= most && Number.isFinite(most) && samples > 0;

const button = (page, name) => page.getByRole("button", { name, exact: true });

test("the embedded model is measured where a visitor asks for it, shown and told as JSON", async () => {
  const { page, found } = await measured("device=cpu&repeat=2");
  assert.deepEqual([found.format, found.version, found.repeat, found.device.device], ["reckon-bench-page", 2, 2, "cpu"]);
  assert.match(found.browser.user_agent, /Chrome/);
  assert.match(found.reckon, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(found.prefill.length, found.device.context > 545 ? 2 : 1);
  assert.ok(found.decode.length > 0 && found.decode[0].depth <= 8, JSON.stringify(found.decode));
  for (const { tokens, tokens_per_s, engine_tokens_per_s, gb_per_s, bytes_per_token, ...row } of found.decode) {
    assert.equal(tokens, 32);
    assert.ok(isSpread(tokens_per_s) && isSpread(engine_tokens_per_s));
    const { weights, kv, from } = bytes_per_token;
    assert.ok(Math.abs(gb_per_s.median / ((tokens_per_s.median * (weights + kv)) / 1e9) - 1) < 1e-9);
    assert.deepEqual([weights, from, kv > 0], [found.memory.weights_bytes, "plan", true]);
    assert.deepEqual([row.encode_us, row.mean_await_us, row.dispatches_per_token, row.tokens_in_flight], [null, null, 0, 1]);
  }
  assert.equal(found.kernels, null, "the processor has none");
  assert.ok(found.first_token.ms.median > 0 && found.memory.heap_bytes > found.memory.weights_bytes);
  assert.equal(await page.getByRole("img", { name: "Tokens a second, decoding" }).locator("rect").count(), found.decode.length);
  await page.screenshot({ path: join(SHOTS, "bench.png"), fullPage: true });
  console.log(found.decode.map(({ depth, tokens_per_s }) => `after ${depth}: ${tokens_per_s.median.toFixed(0)} tokens/s`).join(", "));
  assert.deepEqual([await page.evaluate(() => violations), page.said], [[], []]);
  await page.close();
});

test("on a GPU every kernel is told beside a copy, and how tokens are encoded, awaited and in flight", async () => {
  // A context for the shortest prompt alone: the adapter is a program.
  const { page, found } = await measured("device=webgpu&repeat=1&context=100");
  assert.deepEqual([found.device.device, found.prefill.length, found.decode.length], ["webgpu", 1, 1]);
  const [{ encode_us, await_us, bytes_per_token, dispatches_per_token, tokens_in_flight, engine_tokens_per_s, ...row }] = found.decode;
  // The clock's steps are larger than what a token with nothing to encode takes.
  assert.ok([{ ...encode_us, least: 1 }, await_us, engine_tokens_per_s].every(isSpread), JSON.stringify(found.decode));
  assert.equal(await_us.samples, 32, "one of every token");
  assert.ok(encode_us.samples >= 8 && encode_us.samples <= 32, `${encode_us.samples} of the tokens sent others`);
  assert.ok(row.mean_encode_us > 0 && row.mean_encode_us <= encode_us.most && row.mean_await_us > await_us.least);
  assert.equal(bytes_per_token.from, "bound ranges");
  assert.ok(Math.abs(bytes_per_token.weights / found.memory.weights_bytes - 1) < 0.05, JSON.stringify(bytes_per_token));
  assert.ok(tokens_in_flight >= 1 && tokens_in_flight <= 4);
  const { kernels, copy_gb_per_s, copy_bytes, timed_by } = found.kernels;
  assert.match(timed_by, /^(timestamps|wall time)$/);
  assert.ok(isSpread(copy_gb_per_s) && copy_bytes > 0);
  for (const { kernel, of, shape, dispatches, bytes, us, ...rates } of kernels) {
    assert.ok(kernel && of && shape && dispatches > 0 && bytes > 0 && isSpread(us), kernel);
    assert.ok(Object.values(rates).every((rate) => Number.isFinite(rate) && rate > 0), JSON.stringify(rates));
    assert.deepEqual(Object.keys(rates), ["us_per_token", "gb_per_s", "percent_of_copy"]);
  }
  assert.equal(kernels.reduce((sum, { dispatches }) => sum + dispatches, 0), dispatches_per_token, "a token is these and no others");
  const table = page.getByRole("table").filter({ hasText: "% of the copy" });
  assert.equal(await table.getByRole("row").count(), kernels.length + 1);
  await page.screenshot({ path: join(SHOTS, "bench_gpu.png"), fullPage: true });
  console.log(kernels.map(({ kernel, of, us }) => `${kernel}, ${of}: ${us.median.toFixed(0)} us`).join("; "));
  assert.deepEqual([await page.evaluate(() => violations), page.said], [[], []]);
  await page.close();
});

test("measuring is stopped where a visitor says so, and a model that is not there is told", async () => {
  const page = await browser.page(`${site.url}/bench.html?device=cpu&keep=no&repeat=1000`);
  await button(page, "Measure").click();
  await page.getByText(/first token: \d/).waitFor({ timeout: 60_000 });
  await button(page, "Stop").click();
  await page.getByText("Stopped.").waitFor();
  await page.goto(`${site.url}/bench.html?model=nowhere.gguf&keep=no`);
  await button(page, "Measure").click();
  await page.locator(".fault").filter({ hasText: "nowhere.gguf" }).waitFor();
  assert.ok(await button(page, "Measure").isVisible());
  await page.close();
});

test("without a browser the same is measured in Node, of a file and of noise", async () => {
  const folder = mkdtempSync(join(tmpdir(), "reckon-dawn-"));
  const node = promisify(execFile).bind(undefined, process.execPath);
  try {
    const vite = [join(WEB, "node_modules/vite/bin/vite.js"), "build", "--config", "vite.dawn.config.ts", "--logLevel", "error"];
    await node([...vite, "--outDir", folder], { cwd: WEB });
    // Without a GPU Dawn is not asked for, and its package is not there.
    const brief = ["--device", "cpu", "--repeat", "1", "--prompts", "8", "--depths", "0", "--json"];
    for (const what of [["--model", join(WEB, "embedded/reckon-mini.gguf")], ["--random", "140m", "--dtype", "q4"]]) {
      const { stdout } = await node([join(folder, "dawn.mjs"), ...what, ...brief]);
      const found = JSON.parse(stdout);
      assert.deepEqual([found.format, found.version, found.device.device], ["reckon-bench-page", 2, "cpu"]);
      assert.deepEqual([found.prefill.length, found.decode.length, found.decode[0].tokens], [1, 1, 32], what.join(" "));
      assert.ok(isSpread(found.decode[0].tokens_per_s) && found.memory.peak_rss_bytes > found.memory.weights_bytes);
      assert.match(found.browser.user_agent, /^Node\.js\/\d+.* Dawn \(npm webgpu \d+\.\d+\.\d+\)$/);
    }
    const strange = await node([join(folder, "dawn.mjs"), "--random", "7b"]).catch((error) => error);
    assert.deepEqual([strange.code, strange.stderr.trim()], [1, "7b is no size; expected one of 950m, 360m, 140m"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
