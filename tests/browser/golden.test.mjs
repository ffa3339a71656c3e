// Every golden case and every type of blocks through the built page's worker and wasm, on WebGPU and on the processor,
// against what transformers or the reference computed.
// Chromium's own compiler (Tint) compiles every kernel on the way.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { openChromium } from "./chromium.mjs";
import { GOLDEN, openSite } from "./site.mjs";

/** f32 sums in another order cost up to 5e-6 of the largest logit; a wrong epsilon already costs 1e-3. */
const TOLERANCE = 1e-4;
/** Cases that also go one by one and mixed: an f32, an f16, a bf16 and a GGUF of blocks. */
const OTHER_WAYS = ["mobilellm_r1_like", "heads_24_6_f16", "heads_16_4_bf16", "llama_gguf_q4_1"];

/** Browsers at once: most of a case on WebGPU is compiling kernels, which a browser does on one core. */
const BROWSERS = 2;

const cases = JSON.parse(readFileSync(join(GOLDEN, "cases.json"), "utf8"));
let site, browsers;
/** One of each browser, those that no case uses. */
const pages = [];

before(async () => {
  site = await openSite();
  browsers = await Promise.all(Array.from({ length: BROWSERS }, () => openChromium()));
  for (const browser of browsers) {
    pages.push(await browser.page(`${site.url}/?model=golden/nothing.gguf`));
  }
});

after(async () => {
  await Promise.all(browsers?.map((browser) => browser.close()) ?? []);
  await site?.close();
});

describe("logits", { concurrency: BROWSERS }, () => {
  for (const device of ["webgpu", "cpu"]) {
    for (const one of cases) {
      const goesOtherWays = OTHER_WAYS.includes(one.name);
      test(`${one.name} on ${device}${goesOtherWays ? ", at once, one by one and mixed" : ""}`, async () => {
        const page = pages.pop();
        try {
          await holds(page, one, device, (count) => (goesOtherWays ? [count, 1, Math.ceil(count / 2)] : [count]));
        } finally {
          pages.push(page);
        }
      });
    }
  }
});

test("all four cases of the other ways are there", () => {
  const names = cases.map((one) => one.name);
  assert.deepEqual(OTHER_WAYS.filter((name) => !names.includes(name)), []);
});

function address(one) {
  return one.gguf ? `${one.name}/model.gguf` : `${one.name}/`;
}

async function holds(page, one, device, prefills) {
  const expected = JSON.parse(readFileSync(join(GOLDEN, one.name, "expected.json"), "utf8"));
  const bytes = readFileSync(join(GOLDEN, one.name, "expected.f32"));
  const logits = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const { ids, positions, vocab_size: width } = expected;
  const found = await page.evaluate(chosenLogits, {
    url: new URL(`/golden/${address(one)}`, site.url).href,
    options: { ...(one.dtype ? { dtype: one.dtype } : {}), kv: "f32", device, activations: "f32" },
    ids,
    positions,
    width,
    prefills: prefills(ids.length),
  });
  for (const { prefill, chosen } of found) {
    assert.equal(chosen.length, logits.length, "as many logits as expected");
    const worst = chosen.reduce((worst, logit, i) => Math.max(worst, Math.abs(logit - logits[i])), 0);
    const relative = worst / expected.largest_logit;
    const what = `${one.name} on ${device}, ${prefill} at once`;
    console.log(`${what}: off by ${relative.toExponential(1)} x the largest logit`);
    assert.ok(relative <= TOLERANCE, `${what}: off by ${relative} of the largest logit, ${TOLERANCE} is tolerated`);
  }
}

/** Runs in the page. */
async function chosenLogits({ url, options, ids, positions, width, prefills }) {
  const model = await customElements.get("reckon-app").Reckon.load({ url }, options);
  try {
    const found = [];
    for (const prefill of prefills) {
      const logits = await model.logits(Uint32Array.from(ids), prefill);
      const chosen = positions.flatMap((position) => Array.from(logits.subarray(position * width, (position + 1) * width)));
      found.push({ prefill, chosen });
    }
    return found;
  } finally {
    model.dispose();
  }
}
