// The page that measures: with the embedded model on the processor, as a visitor uses it.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));

let site, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite();
  browser = await openChromium();
  await browser.context.addInitScript(() => {
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => violations.push(`${effectiveDirective} ${blockedURI}`));
  });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const button = (page, name) => page.getByRole("button", { name, exact: true });

test("the embedded model is measured where a visitor asks for it, shown and told as JSON", async () => {
  const page = await browser.page(`${site.url}/bench.html?device=cpu&keep=no&repeat=2`);
  assert.ok(!site.requests.some(({ path }) => path.endsWith(".gguf")), "nothing is fetched before");
  await button(page, "Measure").click();
  await page.getByText("Measured.").waitFor({ timeout: 120_000 });
  const found = JSON.parse(await page.getByRole("textbox", { name: "What was found, as JSON" }).inputValue());
  assert.deepEqual([found.format, found.version, found.repeat, found.device.device], ["reckon-bench-page", 1, 2, "cpu"]);
  assert.match(found.browser.user_agent, /Chrome/);
  assert.match(found.reckon, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(found.prefill.length, found.device.context > 545 ? 2 : 1);
  assert.ok(found.decode.length > 0 && found.decode[0].depth <= 8, JSON.stringify(found.decode));
  for (const { tokens, tokens_per_s, gb_per_s, bytes_per_token } of found.decode) {
    assert.equal(tokens, 32);
    assert.ok(tokens_per_s.least > 0 && tokens_per_s.least <= tokens_per_s.median && tokens_per_s.median <= tokens_per_s.most);
    assert.ok(Math.abs(gb_per_s.median / ((tokens_per_s.median * bytes_per_token) / 1e9) - 1) < 1e-9);
    assert.ok(bytes_per_token > found.memory.weights_bytes);
  }
  assert.ok(found.first_token.ms.median > 0 && found.memory.heap_bytes > found.memory.weights_bytes);
  assert.equal(await page.getByRole("img", { name: "Tokens a second, decoding" }).locator("rect").count(), found.decode.length);
  await page.screenshot({ path: join(SHOTS, "bench.png"), fullPage: true });
  console.log(found.decode.map(({ depth, tokens_per_s }) => `after ${depth}: ${tokens_per_s.median.toFixed(0)} tokens/s`).join(", "));
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
