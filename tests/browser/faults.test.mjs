// Servers as they should be and as they should not: right logits, or one exact message.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium, withModel } from "./chromium.mjs";
import { GOLDEN, openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
let site, other, browser, page, right;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  damage();
  site = await openSite();
  other = await openSite();
  browser = await openChromium();
  page = await browser.page(`${site.url}/?model=golden/nothing.gguf`);
  right = await logits(`${site.url}/golden/tiny_text/model.gguf`);
});

after(async () => {
  await browser?.close();
  await site?.close();
  await other?.close();
});

/** A file cut short, one with its header spoiled, one that is text, and a folder without its weights. */
function damage() {
  const folder = join(GOLDEN, "damaged");
  mkdirSync(join(folder, "no_weights"), { recursive: true });
  const bytes = readFileSync(join(GOLDEN, "tiny_text/model.gguf"));
  writeFileSync(join(folder, "cut.gguf"), bytes.subarray(0, bytes.length - 5000));
  writeFileSync(join(folder, "cut_header.gguf"), bytes.subarray(0, 3000));
  writeFileSync(join(folder, "text.gguf"), "this is no model\n".repeat(100));
  writeFileSync(join(folder, "empty.gguf"), "");
  for (const name of ["config.json", "tokenizer.json"]) {
    cpSync(join(GOLDEN, "tiny_text_folder", name), join(folder, "no_weights", name));
  }
}

/** Logits of a model, or what was said instead of them. */
function logits(url) {
  return page.evaluate(async (url) => {
    try {
      const model = await customElements.get("reckon-app").Reckon.load({ url }, { dtype: "f32", device: "cpu" });
      const found = Array.from(await model.logits(Uint32Array.of(1, 2, 3)));
      model.dispose();
      return found;
    } catch (error) {
      return `${error.code}: ${error.message}`;
    }
  }, url);
}

for (const manner of ["whole", "gzip"]) {
  for (const model of ["tiny_text/model.gguf", "tiny_text_folder/"]) {
    test(`a server that sends everything ${manner}: ${model}`, async () => {
      site.manner = manner;
      assert.deepEqual(await logits(`${site.url}/golden/${model}`), right);
      site.manner = "ranges";
    });
  }
}

test("a server that sends the browser elsewhere", async () => {
  assert.deepEqual(await logits(`${site.url}/moved/tiny_text/model.gguf`), right);
});

test("a server of another site that lets everybody read, and hides Content-Range", async () => {
  other.manner = "other-origin";
  assert.deepEqual(await logits(`${other.url}/golden/tiny_text/model.gguf`), right);
});

test("weights are asked for once, by range", async () => {
  site.requests.length = 0;
  await logits(`${site.url}/golden/tiny_text/model.gguf`);
  const asked = site.requests.filter(({ path }) => path.endsWith(".gguf")).map(({ range }) => range);
  assert.ok(asked.every((range) => /^bytes=\d+-\d+$/.test(range)), asked.join());
  const weights = asked.filter((range) => Number(/-(\d+)$/.exec(range)[1]) > 65_535);
  assert.ok(weights.length <= 1, `the bytes after the first request's: ${weights.join()}`);
});

const FAULTS = [
  ["a file that is not there", "/golden/nothing.gguf", /^files: .*nothing\.gguf.*missing/s],
  ["a folder that is not there", "/golden/nothing/", /^files: .*config\.json.*missing/s],
  ["a folder without weights", "/golden/damaged/no_weights/", /^files: .*model\.safetensors.*missing/s],
  ["a web page instead of a model", "/app/model.gguf", /^files: .*web page/s],
  ["a web page instead of a folder", "/app/model/", /^files: .*web page/s],
  ["a server that asks for a login", "/status/401/model.gguf", /^files: .*401.*licence/s],
  ["a server that fails", "/status/503/model.gguf", /^files: .*503.*later/s],
  ["a file cut short in its weights", "/golden/damaged/cut.gguf", /^(model|files): .*(end|short|byte)/s],
  ["a file cut short in its header", "/golden/damaged/cut_header.gguf", /^(model|files): .*(end|short|byte)/s],
  ["text instead of a model", "/golden/damaged/text.gguf", /^model: .*GGUF/s],
  ["an empty file", "/golden/damaged/empty.gguf", /^(model|files): ./s],
];
for (const [what, path, words] of FAULTS) {
  test(`${what} is told in words`, async () => {
    const said = await logits(site.url + path);
    console.log(`${what}: ${said}`);
    assert.match(String(said), words);
  });
}

test("a server of another site that lets nobody read is told, with CORS as a cause", async () => {
  other.manner = "ranges";
  const said = await logits(`${other.url}/golden/tiny_text/model.gguf`);
  assert.match(String(said), /^files: .*CORS/s);
});

test("a server that is not there is told", async () => {
  const gone = await openSite();
  await gone.close();
  assert.match(String(await logits(`${gone.url}/model.gguf`)), /^files: .*cannot be fetched/s);
});

test("the page shows the fault, and ways on", async () => {
  const faulty = await browser.page(`${site.url}/?model=app/model.gguf&device=cpu`);
  const alert = faulty.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /web page/);
  await faulty.screenshot({ path: join(SHOTS, "fault.png") });
  await faulty.getByLabel("or an address").fill(`${site.url}/golden/tiny_text/model.gguf`);
  await faulty.getByRole("button", { name: "Open", exact: true }).click();
  await withModel(faulty, () => undefined);
  await faulty.close();
});

test("a module that does not come is told once", async () => {
  const bare = await browser.context.newPage();
  await browser.context.route("**/*.wasm", (route) => route.abort());
  await bare.goto(`${site.url}/?model=golden/tiny_text/model.gguf`);
  const words = await bare.getByRole("alert").innerText();
  await browser.context.unroute("**/*.wasm");
  console.log(words);
  assert.match(words, /engine itself could not be loaded/);
  await bare.close();
});

test("a slow load shows its bytes and stops when told to", async () => {
  site.manner = "slow";
  const slow = await browser.page(`${site.url}/?model=golden/heads_9_3/&device=cpu`);
  await slow.waitForFunction(() => document.querySelector("reckon-app").stage.progress?.loaded_bytes > 0);
  await slow.waitForTimeout(600);
  await slow.screenshot({ path: join(SHOTS, "loading.png") });
  const clicked = performance.now();
  await slow.getByRole("button", { name: "Stop" }).click();
  await slow.getByRole("alert").waitFor();
  const took = performance.now() - clicked;
  site.manner = "ranges";
  console.log(`stopped after ${took.toFixed(0)} ms`);
  assert.match(await slow.getByRole("alert").innerText(), /stopped/);
  assert.ok(took < 1000, `stopping took ${took} ms`);
  await slow.getByRole("button", { name: "Try again" }).click();
  await withModel(slow, () => undefined);
  await slow.close();
});
