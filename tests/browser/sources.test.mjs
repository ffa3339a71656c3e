// A hub behind a licence, and what is told and asked before the first weight is fetched.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium, withModel } from "./chromium.mjs";
import { openHub, REPO, TOKEN } from "./hub.mjs";
import { GOLDEN, openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const RECKON = process.env.RECKON_BIN ?? fileURLToPath(new URL("../../target/debug/reckon", import.meta.url));
let site, hub, browser, page, right;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite();
  hub = await openHub();
  browser = await openChromium();
  page = await browser.page(`${site.url}/?model=golden/nothing.gguf`);
  right = (await load({ url: `${site.url}/golden/tiny_text/model.gguf` })).logits;
});

after(async () => {
  await browser?.close();
  await site?.close();
  await hub?.close();
});

/** Logits of a model and what was planned, or what was said instead of them. */
function load(source, { goes = true, ...options } = {}) {
  return page.evaluate(loadInPage, { source, goes, options: { dtype: "f32", device: "cpu", ...options } });
}

/** Runs in the page. */
async function loadInPage({ source, goes, options }) {
  const plans = [];
  const onPlan = async (plan) => {
    plans.push(plan);
    // Long enough for a request that should not be there to be sent.
    await new Promise((resolve) => setTimeout(resolve, goes ? 0 : 300));
    return goes;
  };
  try {
    const model = await customElements.get("reckon-app").Reckon.load(source, { ...options, onPlan });
    const logits = Array.from(await model.logits(Uint32Array.of(1, 2, 3)));
    model.dispose();
    return { plans, logits, description: model.description };
  } catch (error) {
    return { plans, said: `${error.code}: ${error.message}` };
  }
}

const onHub = (more) => ({ hub: { repo: REPO, host: hub.url, ...more } });

test("a gated repository without a token is a fault of its own, which names the licence's page", async () => {
  hub.mend();
  const { said } = await load(onHub());
  console.log(said);
  assert.match(said, /^gated: .*401.*licence.*token/s);
  assert.ok(said.includes(`${hub.url}/${REPO}`), "it says where the licence is");
  assert.deepEqual(hub.fetched, []);
});

test("a wrong token is told, and not repeated", async () => {
  const { said } = await load(onHub({ token: "hf_wrong" }));
  console.log(said);
  assert.match(said, /^gated: .*this token may not read/s);
  assert.ok(!said.includes("hf_wrong"));
});

for (const [what, more] of [
  ["a folder", {}],
  ["a GGUF in a subfolder", { file: "q/model.gguf" }],
]) {
  test(`${what} of a gated repository loads with its token, which only the hub hears`, async () => {
    hub.mend();
    const found = await load(onHub({ token: TOKEN, ...more }));
    assert.deepEqual(found.logits, right, found.said);
    const gets = hub.asked.filter(({ method }) => method === "GET");
    assert.ok(gets.length > 0 && gets.every(({ authorization }) => authorization === `Bearer ${TOKEN}`));
    assert.ok(hub.fetched.length > 0 && hub.fetched.every(({ authorization }) => authorization === undefined));
    assert.ok(![...hub.asked.map(({ url }) => url), ...hub.fetched.map(({ name }) => name)].join().includes(TOKEN));
    assert.ok(!page.said.join().includes(TOKEN), "the console does not show it");
  });
}

test("names that are no repository, and tokens that are none, are refused in words", async () => {
  for (const hub of [
    { repo: "tiny-model" },
    { repo: "a/b/c" },
    { repo: "someone/../etc" },
    { repo: "some one/model" },
    { repo: REPO, host: "no address" },
    { repo: REPO, token: "two words" },
    { repo: REPO, token: TOKEN, host: "http://example.org" },
    { repo: REPO, file: "model.bin" },
  ]) {
    const { said } = await load({ hub });
    console.log(`${hub.repo}: ${said}`);
    assert.match(String(said), /^options: ./);
    assert.ok(!said.includes(TOKEN));
  }
});

test("what a model takes is told before a weight is asked for, and holds", async () => {
  hub.mend();
  const source = { url: hub.store };
  const { plans, said } = await load(source, { goes: false });
  assert.match(said, /^aborted: /);
  const beyond = hub.fetched.filter(({ name, range }) => name.endsWith(".safetensors") && range !== "bytes=0-65535");
  assert.deepEqual(beyond, [], "only headers were fetched");
  const [plan] = plans;
  console.log(JSON.stringify(plan));
  assert.equal(plans.length, 1);
  const keys = "context,device,download_bytes,dtypes,kv_bytes,largest_buffer_bytes,parameters,room,verdict,weights_bytes,why";
  assert.equal(Object.keys(plan).sort().join(), keys, "as messages.ts promises");
  assert.deepEqual([plan.verdict, plan.dtypes], ["fits", ["f32"]]);
  const size = hub.files.get("model.safetensors").length;
  assert.ok(size - 65_536 < plan.download_bytes && plan.download_bytes < size, `${plan.download_bytes} of ${size}`);
  const { description } = await load(source);
  assert.equal(description.context, plan.context);
  const off = description.weights_bytes - plan.weights_bytes;
  assert.ok(0 <= off && off < 4096, `${off} bytes of padding`);
});

test("a model whose keys fit no buffer is refused before a weight is asked for", async () => {
  hub.mend();
  const config = JSON.parse(hub.files.get("config.json"));
  const saved = hub.files.get("config.json");
  hub.files.set("config.json", Buffer.from(JSON.stringify({ ...config, max_position_embeddings: 1 << 21 })));
  const { said, plans } = await load({ url: hub.store }, { context: 1 << 21, device: "webgpu", default_limits: true });
  hub.files.set("config.json", saved);
  console.log(said);
  assert.match(said, /^gpu: with 2,097,152 positions .* need [\d,]+ MB in one buffer.* allows 134 MB.*smaller context/s);
  assert.deepEqual(plans, []);
  assert.ok(hub.fetched.every(({ name, range }) => !name.endsWith(".safetensors") || range === "bytes=0-65535"));
});

test("a device with too little memory is told so, one with little is tight", async (context) => {
  let memory_gib;
  await browser.context.route("**/worker-*.js", async (route) => {
    const script = await (await route.fetch()).text();
    const body = `Object.defineProperty(navigator, "deviceMemory", { get: () => ${memory_gib} });\n${script}`;
    await route.fulfill({ contentType: "text/javascript", body });
  });
  context.after(() => browser.context.unroute("**/worker-*.js"));
  const source = { url: `${site.url}/golden/tiny_text/model.gguf` };
  memory_gib = 0.001;
  const { said, plans } = await load(source, { device: "webgpu", goes: false });
  console.log(said);
  assert.match(said, /^gpu: the model needs 1 MB of GPU memory with 512 positions.*about 1 MB of memory in all.*smaller/s);
  assert.match((await load(source, { goes: false })).said, /^memory: the model needs 1 MB of memory with 512 positions/);
  assert.deepEqual(plans, []);
  memory_gib = 0.002;
  assert.equal((await load(source, { goes: false })).plans[0].verdict, "tight");
});

test("a folder that was packed is a model, from a server and from a drop, and its hashes are looked at", async () => {
  hub.mend();
  const out = join(mkdtempSync(join(tmpdir(), "reckon-packed-")), "tiny");
  execFileSync(RECKON, ["pack", join(GOLDEN, "tiny_text_folder"), out, "--dtype", "f32"], { stdio: "ignore" });
  const names = readdirSync(out);
  names.forEach((name) => hub.files.set(`packed/${name}`, readFileSync(join(out, name))));
  const source = { url: `${hub.store}packed/` };
  assert.deepEqual((await load(source)).logits, right);
  const files = names.map((name) => ({ path: `tiny/${name}`, text: readFileSync(join(out, name)).toString("base64") }));
  assert.deepEqual(await page.evaluate(logitsOfDrop, files), right);
  const weights = names.find((name) => name.endsWith(".gguf"));
  hub.files.get(`packed/${weights}`)[hub.files.get(`packed/${weights}`).length - 64] ^= 1;
  const { said } = await load(source);
  console.log(said);
  assert.match(said, /^files: .*\.gguf: its SHA-256 is [0-9a-f]{64}, and manifest.json says [0-9a-f]{64}; it was damaged or changed, fetch it again$/);
  rmSync(join(out, ".."), { recursive: true });
});

/** Runs in the page. */
async function logitsOfDrop(files) {
  const file = ({ path, text }) => new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], path);
  const given = files.map((one) => ({ path: one.path, file: file(one) }));
  const model = await customElements.get("reckon-app").Reckon.load({ files: given }, { dtype: "f32", device: "cpu" });
  const logits = Array.from(await model.logits(Uint32Array.of(1, 2, 3)));
  model.dispose();
  return logits;
}

test("the page leads through the gate, asks before it downloads, and remembers a token only if told to", async () => {
  hub.mend();
  const address = `${site.url}/?device=cpu&repo=${REPO}&host=${encodeURIComponent(hub.url)}`;
  const first = await browser.page(address);
  const enter = async (page, keep) => {
    await page.getByLabel("Token for").fill(TOKEN);
    const box = page.getByLabel("Remember on this device");
    assert.equal(await box.isChecked(), false);
    await box.setChecked(keep);
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByRole("button", { name: "Load" }).waitFor();
  };
  await first.getByRole("alert").waitFor();
  assert.equal(await first.getByRole("link").getAttribute("href"), `${hub.url}/${REPO}`);
  await first.screenshot({ path: join(SHOTS, "gate.png") });
  await enter(first, false);
  await first.screenshot({ path: join(SHOTS, "plan.png") });
  assert.ok(hub.fetched.every(({ name, range }) => !name.endsWith(".safetensors") || range === "bytes=0-65535"));
  await first.getByRole("button", { name: "Load" }).click();
  await withModel(first, () => undefined);
  assert.equal(await first.evaluate(() => JSON.stringify(localStorage)), "{}");
  const journal = await first.evaluate(keptJournal);
  assert.ok(journal.includes(REPO) && !journal.includes(TOKEN), "what is kept of the model names no token");
  await first.goto(`${address}&keep=no`);
  await enter(first, true);
  await first.getByRole("button", { name: "Choose another" }).click();
  await first.getByLabel("or an address").waitFor();
  await first.goto(`${address}&keep=no`);
  await first.getByRole("button", { name: "Load" }).waitFor();
  assert.ok(!first.url().includes(TOKEN) && !first.said.join().includes(TOKEN));
  await first.evaluate(() => localStorage.clear());
  await first.close();
});

/** Runs in the page: what was noted of the one model that is kept. */
async function keptJournal() {
  const home = await (await navigator.storage.getDirectory()).getDirectoryHandle("reckon");
  const [key] = await Array.fromAsync(home.keys());
  const journal = await (await home.getDirectoryHandle(key)).getFileHandle("journal");
  return (await journal.getFile()).text();
}

test("owner/name in the field of the doorway is a repository of a hub", async () => {
  const page = await browser.page(`${site.url}/?model=golden/nothing.gguf`);
  await browser.context.route("https://huggingface.co/**", (route) => route.fulfill({ status: 401, body: "no" }));
  await page.getByLabel("or an address").fill("someone/some-model@v2");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByLabel("Token for huggingface.co").waitFor();
  assert.equal(await page.getByRole("link").first().getAttribute("href"), "https://huggingface.co/someone/some-model");
  await browser.context.unroute("https://huggingface.co/**");
  await page.close();
});
