// What computes, and why: chosen, asked for by name, and where there is no WebGPU at all.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { openChromium, WITHOUT_WEBGPU, withModel } from "./chromium.mjs";
import { GOLDEN, openSite } from "./site.mjs";

const MODEL = "golden/tiny_text/model.gguf";
/** Large enough that a GPU is looked for. */
const LARGE = "golden/20_mb/";
const QUESTION = "the other 15 and on";
/** f32 sums in another order. */
const TOLERANCE = 1e-4;
/** The sum that a load on the processor may take: weights, keys and values, and this. */
const REST_BYTES = 64 << 20;
/** The probe's 200 ms, and what opening a device, headers and a busy machine take. */
const MOST_CHOICE_MS = 3000;

let site, browser, blind;

before(async () => {
  site = await openSite();
  browser = await openChromium();
  blind = await openChromium({ adapter: WITHOUT_WEBGPU });
});

after(async () => {
  await browser?.close();
  await blind?.close();
  await site?.close();
});

const bare = (where = browser) => where.page(`${site.url}/?model=golden/nothing.gguf&device=cpu`);

/** Loads in the page: what was planned and loaded, and the first logits; or what was said instead. */
async function load(page, options, model = MODEL) {
  return page.evaluate(loadInPage, { url: `${site.url}/${model}`, options });
}

/** Runs in the page. */
async function loadInPage({ url, options }) {
  const found = { heap_bytes: 0 };
  try {
    const onPlan = (plan) => void Object.assign(found, { plan, planned_ms: performance.now() - started });
    const onProgress = ({ heap_bytes }) => (found.heap_bytes = Math.max(found.heap_bytes, heap_bytes));
    const started = performance.now();
    const model = await customElements.get("reckon-app").Reckon.load({ url }, { ...options, onPlan, onProgress });
    const logits = Array.from(await model.logits(Uint32Array.of(1, 2, 3)));
    const description = await model.describe();
    model.dispose();
    return { ...found, logits, description };
  } catch (error) {
    return { ...found, said: `${error.code}: ${error.message}` };
  }
}

test("where the GPU is a program, the processor is faster and computes; the plan and the model say why", async () => {
  const page = await bare();
  const { said, plan, planned_ms, description } = await load(page, {}, LARGE);
  assert.equal(said, undefined);
  console.log(`${planned_ms.toFixed(0)} ms to the plan; ${description.adapter}: ${description.why}`);
  assert.deepEqual([plan.device, description.device, plan.why], ["cpu", "cpu", description.why]);
  assert.match(description.adapter, /^CPU, .*SIMD, 1 thread$/);
  assert.match(description.why, /the GPU is a program on the processor \(.*SwiftShader.*\).*(times as fast|not ready)/i);
  assert.equal(description.gpu_bytes, 0);
  assert.ok(planned_ms < MOST_CHOICE_MS, `${planned_ms} ms`);
  await page.close();
});

test("a very small model is computed by the processor, and no GPU is looked for", async () => {
  const page = await bare();
  const { said, plan, planned_ms, description } = await load(page, {});
  assert.equal(said, undefined);
  console.log(`${planned_ms.toFixed(0)} ms to the plan: ${plan.why}`);
  assert.equal(description.device, "cpu");
  assert.match(plan.why, /^its weights take [\d.]+ MB/);
  assert.equal(plan.room.buffer_bytes, undefined);
  await page.close();
});

test("a device that is asked for by name is taken, without a word why", async () => {
  const page = await bare();
  const found = {};
  for (const device of ["webgpu", "cpu"]) {
    found[device] = await load(page, { device, dtype: "f32" });
    const { description, said } = found[device];
    assert.equal(said, undefined);
    assert.deepEqual([description.device, description.why], [device, ""]);
  }
  const [gpu, cpu] = [found.webgpu.logits, found.cpu.logits];
  const largest = gpu.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  const off = gpu.reduce((most, logit, i) => Math.max(most, Math.abs(logit - cpu[i])), 0);
  assert.ok(gpu.length === cpu.length && off <= TOLERANCE * largest, `off by ${off} of ${largest}`);
  await page.close();
});

test("a browser takes the module it can run, and no other", async () => {
  const logits = {};
  for (const [kind, body] of [["relaxed SIMD", ""], ["SIMD", "WebAssembly.validate = () => false;\n"]]) {
    await browser.context.route("**/worker-*.js", async (route) => {
      const script = await (await route.fetch()).text();
      await route.fulfill({ contentType: "text/javascript", body: body + script });
    });
    const page = await bare();
    await page.getByRole("alert").waitFor();
    site.requests.length = 0;
    const found = await load(page, { device: "cpu", activations: "f32" });
    assert.equal(found.description?.adapter, `CPU, ${kind}, 1 thread`, found.said);
    const modules = site.requests.map(({ path }) => path).filter((path) => path.endsWith(".wasm"));
    assert.ok(modules.every((path) => path.includes("relaxed") === (kind === "relaxed SIMD")), modules.join());
    logits[kind] = found.logits;
    await page.close();
    await browser.context.unroute("**/worker-*.js");
  }
  const largest = logits.SIMD.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  const off = logits.SIMD.reduce((most, logit, i) => Math.max(most, Math.abs(logit - logits["relaxed SIMD"][i])), 0);
  assert.ok(off <= TOLERANCE * largest, `off by ${off} of ${largest}`);
});

test("where a browser tells every 100 ms alone what is done, tokens of a GPU come several at once", async () => {
  await browser.context.route("**/worker-*.js", async (route) => {
    const script = await (await route.fetch()).text();
    await route.fulfill({ contentType: "text/javascript", body: `(${tellLate})();\n${script}` });
  });
  const page = await bare();
  const times = await page.evaluate(tokenTimes, `${site.url}/${MODEL}`);
  await page.close();
  await browser.context.unroute("**/worker-*.js");
  const moments = new Set(times.map((ms) => Math.round(ms / 50))).size;
  console.log(`${times.length} tokens at ${moments} moments`);
  assert.ok(times.length === 48 && moments <= 24, `${times.length} tokens at ${moments} moments`);
});

/** Runs in the worker: buffers are mapped when the clock strikes, as in Firefox. */
function tellLate() {
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = async function (...args) {
    await mapAsync.apply(this, args);
    await new Promise((resolve) => setTimeout(resolve, 100 - (performance.now() % 100)));
  };
}

/** Runs in the page: when each of 48 tokens came. */
async function tokenTimes(url) {
  const model = await customElements.get("reckon-app").Reckon.load({ url }, { device: "webgpu" });
  // A tiny model draws its stop tokens at random.
  const sampling = { temperature: 0, logit_bias: new Map([301, 304].map((id) => [id, -1e4])) };
  const times = [];
  for await (const { event } of model.conversation().generate({ raw: "a b" }, { sampling, max_tokens: 48 })) {
    if (event.kind === "token") {
      times.push(performance.now());
    }
  }
  model.dispose();
  return times;
}

test("devices and activations that are not known are refused in words", async () => {
  const page = await bare();
  for (const [options, words] of [
    [{ device: "tpu" }, 'options: device: "tpu"; expected auto, webgpu or cpu'],
    [{ activations: "int4" }, 'options: activations: "int4"; expected int8 or f32'],
  ]) {
    assert.equal((await load(page, options)).said, words);
  }
  await page.close();
});

test("a browser without WebGPU answers on the processor, and the page says why", async () => {
  const found = await bare(blind).then((page) => load(page, {}, LARGE));
  console.log(found.plan.why);
  assert.match(found.plan.why, /no GPU adapter was found|this browser gives the page no WebGPU/);
  const page = await blind.page(`${site.url}/?model=${MODEL}&temperature=0&max_tokens=12`);
  await withModel(page, () => undefined);
  const words = await page.locator(".device").innerText();
  console.log(words);
  assert.match(words, /CPU, .*SIMD, 1 thread · [\d.,]+ MB of memory\nComputed on the processor: its weights take/);
  await page.getByRole("textbox", { name: "Your question" }).fill(QUESTION);
  await page.getByRole("textbox", { name: "Your question" }).press("Enter");
  await page.waitForFunction(() => document.querySelector("reckon-app").turns.at(-1)?.isRunning === false);
  const { tokens, fault } = await page.evaluate(() => document.querySelector("reckon-app").turns.at(-1));
  assert.ok(tokens.length > 0 && fault === undefined, fault);
  await page.close();
});

test("a GPU that is asked for and is not there is told before a byte is fetched", async () => {
  const page = await bare(blind);
  site.requests.length = 0;
  const { said } = await load(page, { device: "webgpu" });
  console.log(said);
  assert.match(said, /^gpu: .*(no GPU adapter|no WebGPU).*processor/s);
  assert.deepEqual(site.requests.filter(({ path }) => path === `/${MODEL}`), []);
  await page.close();
});

test("an abort is heard amid an answer and amid a long prompt", async () => {
  const page = await bare();
  const [answer, prompt] = await page.evaluate(abortTwice, `${site.url}/${MODEL}`);
  console.log(`${answer.length} events of the answer, ${prompt.length} of the prompt`);
  assert.deepEqual(answer.at(-1), { kind: "done", reason: "abort" });
  assert.deepEqual(prompt, [{ kind: "done", reason: "abort" }]);
  await page.close();
});

/** Runs in the page: what is said until an abort after the first token, and until one right at the start. */
async function abortTwice(url) {
  const model = await customElements.get("reckon-app").Reckon.load({ url }, { device: "cpu" });
  // A tiny model draws its stop tokens at random.
  const sampling = { temperature: 1.5, logit_bias: new Map([301, 304].map((id) => [id, -1e4])) };
  const said = [];
  for (const [raw, isMoment] of [
    ["a b", (kind) => kind === "token"],
    ["a b c d ".repeat(70), undefined],
  ]) {
    const controller = new AbortController();
    const steps = model.conversation().generate({ raw }, { sampling, signal: controller.signal });
    const events = [];
    let step = steps.next();
    if (!isMoment) {
      controller.abort();
    }
    for (; !(await step).done; step = steps.next()) {
      const { kind, reason } = (await step).value.event;
      events.push(reason ? { kind, reason } : { kind });
      if (isMoment?.(kind)) {
        controller.abort();
      }
    }
    said.push(events);
  }
  model.dispose();
  return said;
}

test("a load on the processor takes weights, keys and values, and little more", async () => {
  const page = await bare();
  const expected = JSON.parse(readFileSync(join(GOLDEN, "20_mb/expected.json"), "utf8"));
  const { said, plan, heap_bytes, description } = await load(page, { device: "cpu", dtype: "f32" }, "golden/20_mb/");
  assert.equal(said, undefined);
  const sum = plan.weights_bytes + plan.kv_bytes;
  console.log(`heap ${heap_bytes} at its peak, ${description.heap_bytes} in the end; weights and KV ${sum}, vocabulary ${expected.vocab_size}`);
  assert.ok(heap_bytes <= sum + REST_BYTES && description.heap_bytes <= sum + REST_BYTES);
  await page.close();
});
