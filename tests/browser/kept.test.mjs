// What a visit leaves on the device, and what the next one finds: killed, damaged, changed, without room, in two tabs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { openChromium } from "./chromium.mjs";
import { openHub } from "./hub.mjs";
import { GOLDEN, openSite } from "./site.mjs";

const WEIGHTS = "large/model.safetensors";
const TOLERANCE = 1e-4;
const KILLS = 10;
const TURNED_BITS = 10;
/** Two MB, and the piece that brings it there. */
const MOST_STRETCH_BYTES = 4 << 20;

const expected = JSON.parse(readFileSync(join(GOLDEN, "20_mb/expected.json"), "utf8"));
const ids = expected.ids.slice(0, 3);
const bytes = readFileSync(join(GOLDEN, "20_mb/expected.f32"));
const right = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 4 * ids.length * expected.vocab_size));

let site, hub, browser, page, dataStart;

before(async () => {
  site = await openSite();
  hub = await openHub();
  dataStart = 8 + Number(hub.files.get(WEIGHTS).readBigUInt64LE());
  browser = await openChromium();
});

beforeEach(async () => {
  hub.mend();
  await page?.close();
  page = await open();
  await page.evaluate(forgetAll);
});

after(async () => {
  await browser?.close();
  await site?.close();
  await hub?.close();
});

const open = () => browser.page(`${site.url}/?model=golden/nothing.gguf&keep=no`);

/** Loads in the page; the logits are right, or what was said instead. */
async function load(where = page) {
  const { logits, ...found } = await where.evaluate(loadInPage, { url: `${hub.store}large/`, ids });
  if (logits) {
    const off = logits.reduce((most, logit, i) => Math.max(most, Math.abs(logit - right[i])), 0) / expected.largest_logit;
    assert.ok(logits.length === right.length && off <= TOLERANCE, `off by ${off} of the largest logit`);
  }
  return { ...found, isRight: logits !== undefined };
}

/** Runs in the page. */
async function loadInPage({ url, ids }) {
  const seen = { kept_bytes: 0, stages: [] };
  const onProgress = ({ stage, kept_bytes, loaded_bytes }) => {
    globalThis.loaded_bytes = loaded_bytes;
    seen.kept_bytes = kept_bytes;
    if (seen.stages.at(-1) !== stage) {
      seen.stages.push(stage);
    }
  };
  try {
    const model = await customElements.get("reckon-app").Reckon.load({ url }, { dtype: "f32", device: "cpu", keep: true, onProgress });
    const logits = Array.from(await model.logits(Uint32Array.from(ids)));
    const { notes } = model.description;
    model.dispose();
    return { ...seen, notes, logits };
  } catch (error) {
    return { ...seen, said: `${error.code}: ${error.message}` };
  }
}

/** Runs in the page. */
async function forgetAll() {
  const { Reckon } = customElements.get("reckon-app");
  for (const { key } of await Reckon.kept()) {
    await Reckon.forget(key);
  }
}

const kept = () => page.evaluate(() => customElements.get("reckon-app").Reckon.kept());

/** Runs in the page: the files of the one model that is kept. */
async function keptFiles() {
  const home = await (await navigator.storage.getDirectory()).getDirectoryHandle("reckon");
  const [key] = await Array.fromAsync(home.keys());
  const folder = await home.getDirectoryHandle(key);
  const files = {};
  for await (const [name, handle] of folder.entries()) {
    files[name] = (await handle.getFile()).size;
  }
  return files;
}

/** Runs in the page: turns one bit of a kept file. */
async function flip({ name, at }) {
  const home = await (await navigator.storage.getDirectory()).getDirectoryHandle("reckon");
  const [key] = await Array.fromAsync(home.keys());
  const handle = await (await home.getDirectoryHandle(key)).getFileHandle(name);
  const [byte] = new Uint8Array(await (await handle.getFile()).slice(at, at + 1).arrayBuffer());
  const writable = await handle.createWritable({ keepExistingData: true });
  await writable.write({ type: "write", position: at, data: new Uint8Array([byte ^ 1]) });
  await writable.close();
}

/** Ranges of weights that were asked for, the first look at the file left out. */
const asked = () =>
  hub.fetched
    .filter(({ name, range }) => name === WEIGHTS && range !== "bytes=0-65535")
    .map(({ range }) => /^bytes=(\d+)-(\d+)$/.exec(range).slice(1).map(Number));

test("a second visit needs no server", async () => {
  const first = await load();
  assert.ok(first.isRight && first.kept_bytes === 0, first.said);
  const [model] = await kept();
  console.log(`kept: ${JSON.stringify(model)}`);
  assert.ok(model.is_whole && model.size_bytes >= hub.files.get(WEIGHTS).length - dataStart);
  hub.mend();
  hub.fails = true;
  const second = await load();
  assert.ok(second.isRight, second.said);
  assert.equal(second.kept_bytes, hub.files.get(WEIGHTS).length - dataStart);
  assert.equal(hub.fetched.length, 0, "requests of the second visit");
});

test(`a tab killed at ${KILLS} moments goes on where it was, and what was whole is not fetched again`, async () => {
  hub.pause_ms = 8;
  let before = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    hub.fetched.length = 0;
    const goal = ((kill + 0.5) / KILLS) * (hub.files.get(WEIGHTS).length - dataStart);
    const loading = load().catch(() => undefined);
    await page.waitForFunction((goal) => globalThis.loaded_bytes >= goal, goal, { polling: 5, timeout: 20_000 });
    await page.close();
    await loading;
    const starts = asked().map(([first]) => first);
    assert.ok(Math.min(...starts, Infinity) >= dataStart + before || before === 0, `visit ${kill} asked from ${Math.min(...starts)}`);
    page = await open();
    const files = await page.evaluate(keptFiles);
    // The last stretch may have been written and not yet noted.
    before = Math.max(0, (files.weights ?? 0) - MOST_STRETCH_BYTES);
  }
  hub.pause_ms = 0;
  const last = await load();
  console.log(`the last visit took ${last.kept_bytes} of ${hub.files.get(WEIGHTS).length - dataStart} bytes from the device`);
  assert.ok(last.isRight, last.said);
  assert.ok(last.kept_bytes > 0.6 * hub.files.get(WEIGHTS).length);
});

test("a bit turned anywhere is found, and only what it spoilt is fetched again", async () => {
  await load();
  const files = await page.evaluate(keptFiles);
  const places = Array.from({ length: TURNED_BITS }, (_, i) => Math.floor(((i + 0.37) / TURNED_BITS) * files.weights));
  for (const turned of [places.slice(3, 4), places]) {
    hub.mend();
    for (const at of turned) {
      await page.evaluate(flip, { name: "weights", at });
    }
    const found = await load();
    assert.ok(found.isRight, found.said);
    const fetched = asked().reduce((sum, [first, last]) => sum + last + 1 - first, 0);
    console.log(`${turned.length} bits turned: ${fetched} bytes fetched again`);
    assert.ok(fetched > 0 && fetched <= turned.length * MOST_STRETCH_BYTES);
  }
  for (const name of Object.keys(files).filter((name) => name !== "weights")) {
    await page.evaluate(flip, { name, at: Math.floor(files[name] / 2) });
    const found = await load();
    assert.ok(found.isRight, `${name}: ${found.said}`);
  }
});

test("a server that has another file by now is believed", async () => {
  hub.silentFrom = dataStart + 12e6;
  const loading = load().catch(() => undefined);
  await page.waitForFunction(() => globalThis.loaded_bytes >= 8e6, undefined, { polling: 5 });
  await page.close();
  await loading;
  page = await open();
  hub.mend();
  hub.etag = '"two"';
  const found = await load();
  assert.ok(found.isRight, found.said);
  assert.equal(found.kept_bytes, 0, "nothing of the old file is used");
  // Whole, damaged, and the file is another: there is nothing right to be had from here.
  hub.etag = '"three"';
  await page.evaluate(flip, { name: "weights", at: 1000 });
  const { said } = await load();
  console.log(said);
  assert.match(said, /^files: what is kept of model.safetensors on this device is damaged, and the server has another file by now; load it again$/);
  assert.ok((await load()).isRight);
});

test("without room the model is loaded all the same, and the page is told", async () => {
  const session = await browser.context.newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: site.url, quotaSize: 5e6 });
  const found = await load();
  await session.send("Storage.overrideQuotaForOrigin", { origin: site.url });
  console.log(found.notes);
  assert.ok(found.isRight, found.said);
  assert.match(found.notes.join("\n"), /^not kept for the next visit: .*storage/m);
  assert.ok((await kept()).every(({ is_whole, size_bytes }) => !is_whole && size_bytes < 1e6), "half a model takes no room");
});

test("two tabs that load the same model do it once", async () => {
  hub.pause_ms = 4;
  const other = await open();
  const [one, two] = await Promise.all([load(), load(other)]);
  await other.close();
  assert.ok(one.isRight && two.isRight, one.said ?? two.said);
  const waited = [one, two].filter(({ stages }) => stages.includes("waiting"));
  assert.equal(waited.length, 1);
  assert.ok(waited[0].kept_bytes > 0);
  assert.ok(hub.servedBytes <= hub.files.get(WEIGHTS).length + (1 << 20), `${hub.servedBytes} bytes served`);
});

test("what is deleted is gone", async () => {
  await load();
  await page.evaluate(forgetAll);
  assert.deepEqual(await kept(), []);
  hub.mend();
  assert.equal((await load()).kept_bytes, 0);
});
