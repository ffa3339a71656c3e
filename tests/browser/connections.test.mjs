// Connections that break, fall silent or bring another file: right logits, or one exact message; nothing fetched twice.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { openChromium } from "./chromium.mjs";
import { openHub } from "./hub.mjs";
import { openSite } from "./site.mjs";

const WEIGHTS = "model.safetensors";
/** What a broken connection had brought and nobody had read yet. */
const LOST_BYTES = 512 << 10;
/** All small files and the headers. */
const SMALL_BYTES = 1 << 20;
/** A piece of a megabyte and what else streaming takes. */
const MOST_HEAP_BYTES = 24 << 20;
const MOST_ABORT_MS = 100;

let site, hub, browser, page, right, size;

before(async () => {
  site = await openSite();
  hub = await openHub();
  size = hub.files.get(WEIGHTS).length;
  browser = await openChromium();
  page = await browser.page(`${site.url}/?model=golden/nothing.gguf`);
  right = (await load(`${site.url}/golden/tiny_text/model.gguf`)).logits;
});

beforeEach(() => hub.mend());

after(async () => {
  await browser?.close();
  await site?.close();
  await hub?.close();
});

/** Logits of a model, or what was said instead; `abort` names the moment to end it at. */
function load(url = hub.store, abort = undefined, device = "cpu") {
  return page.evaluate(loadInPage, { url, abort, device });
}

/** Runs in the page. */
async function loadInPage({ url, abort, device }) {
  const controller = new AbortController();
  const seen = { heap_bytes: 0 };
  let begun = performance.now();
  const end = (wait_ms = 0) =>
    setTimeout(() => {
      begun = performance.now();
      controller.abort();
    }, wait_ms);
  const onProgress = ({ stage, heap_bytes }) => {
    seen.heap_bytes = Math.max(seen.heap_bytes, heap_bytes);
    if (stage === abort?.stage && !seen.stage) {
      seen.stage = stage;
      end(abort.wait_ms);
    }
  };
  try {
    const model = await customElements.get("reckon-app").Reckon.load({ url }, { dtype: "f32", device, onProgress, signal: controller.signal });
    const logits = Array.from(await model.logits(Uint32Array.of(1, 2, 3)));
    model.dispose();
    return { ...seen, logits };
  } catch (error) {
    return { ...seen, said: `${error.code}: ${error.message}`, after_ms: performance.now() - begun };
  }
}

/** The same numbers between `first` and `last` every time. */
function offsets(count, first, last) {
  let state = 20_261_125;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  return Array.from({ length: count }, () => first + (next() % (last - first))).sort((a, b) => a - b);
}

const parts = () => hub.fetched.filter(({ name, range }) => name === WEIGHTS && range !== "bytes=0-65535");

test("a large file comes in parts side by side, each once, and the heap stays small", async () => {
  const found = await load();
  assert.deepEqual(found.logits, right, found.said);
  const ranges = parts().map(({ range }) => /^bytes=(\d+)-(\d+)$/.exec(range).slice(1).map(Number));
  console.log(`${ranges.length} parts, ${hub.mostRunning} at once, ${hub.servedBytes} of ${size} bytes, heap ${found.heap_bytes}`);
  assert.ok(ranges.length >= 5 && ranges.every(([first, last]) => last + 1 - first <= 8 << 20));
  assert.ok(hub.mostRunning > 1 && hub.mostRunning <= 4);
  assert.ok(hub.servedBytes <= size + SMALL_BYTES);
  assert.ok(found.heap_bytes <= MOST_HEAP_BYTES);
});

test("a connection cut at 20 places goes on at the byte where it broke", async () => {
  hub.cuts = [20_000, ...offsets(19, 65_536, size)];
  const found = await load();
  assert.deepEqual(found.logits, right, found.said);
  assert.deepEqual(hub.cuts, [], "all cuts were made");
  console.log(`${parts().length} requests, ${hub.servedBytes - size} bytes more than the file`);
  assert.ok(hub.servedBytes <= size + SMALL_BYTES + 20 * LOST_BYTES);
});

test("a server without ranges is asked again, and what was handed on is not handed on twice", async () => {
  hub.hasRanges = false;
  hub.cuts = [10 << 20, 30 << 20];
  const found = await load();
  assert.deepEqual(found.logits, right, found.said);
  assert.deepEqual(hub.cuts, []);
});

test("a server that falls silent is asked again, and one that fails for good is given up in words", async () => {
  const failing = await openHub();
  failing.cuts = [20 << 20];
  failing.onCut = () => (failing.fails = true);
  hub.stalls = [20 << 20];
  // Both are a matter of waiting.
  const [found, { said }] = await Promise.all([load(), load(failing.store)]);
  await failing.close();
  assert.deepEqual(found.logits, right, found.said);
  assert.deepEqual(hub.stalls, []);
  console.log(said);
  assert.match(said, /^files: .*503; 5 tries brought nothing after byte \d+; check the connection and load it again$/s);
});

test("a file that changes while it loads is told exactly", async () => {
  hub.cuts = [20 << 20];
  hub.onCut = () => (hub.etag = '"two"');
  const { said } = await load();
  console.log(said);
  assert.equal(said, `files: ${hub.store}${WEIGHTS}: the file changed on the server while it was loading; load it again`);
});

const MOMENTS = [
  ["in the headers", "headers", 100, () => (hub.hold = "config.json")],
  ["in the header of the weights", "headers", 300, () => (hub.hold = WEIGHTS)],
  ["while the server is silent", "weights", 500, () => (hub.stalls = [1 << 20])],
  ["between two tries", "weights", 700, () => ((hub.cuts = [20 << 20]), (hub.onCut = () => (hub.fails = true)))],
  // A GPU's kernels: the processor's are checked in no time.
  ["while kernels are checked", "checking", 0, () => {}, "webgpu"],
];
for (const [what, stage, wait_ms, prepare, device] of MOMENTS) {
  test(`${what} it stops at once`, async () => {
    prepare();
    const { said, after_ms } = await load(undefined, { stage, wait_ms }, device);
    console.log(`${said} after ${after_ms?.toFixed(0)} ms`);
    assert.match(String(said), /^aborted: loading was stopped$/);
    assert.ok(after_ms <= MOST_ABORT_MS, `${after_ms} ms`);
  });
}

test("after all of them the page loads a model", async () => {
  const found = await load();
  assert.deepEqual(found.logits, right, found.said);
});
