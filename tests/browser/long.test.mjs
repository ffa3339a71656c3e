// Very long conversations and hostile streams, from a stand-in for the engine: the page stays smooth, and everything can be had.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { ask, button, ended, openChat, sayInstead } from "./chat.mjs";
import { openChromium, WITHOUT_WEBGPU } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
/** A task that takes longer is felt. */
const LONGEST_TASK_MS = 50;
/** What a person waits for a page to answer, on a machine that is busy. */
const LONGEST_ANSWER_MS = 1000;
const THOUGHT = "So 47 × 6 = 40 × 6 + 7 × 6 = 282, and that is right. Let me check it another way.\n";

let site, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite();
  browser = await openChromium({ adapter: WITHOUT_WEBGPU, permissions: ["clipboard-read", "clipboard-write"] });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** Counts from now on how long the page's tasks take. */
function watchTasks(page) {
  return page.evaluate(() => {
    globalThis.tasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => tasks.push(duration))).observe({ type: "longtask" });
  });
}

/** How long the page takes to do something trivial, in milliseconds. */
async function answerTime(page) {
  const from = performance.now();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  return performance.now() - from;
}

test("20,000 tokens of thinking after 50 turns are drawn without a task that is felt", async () => {
  const page = await openChat(browser, site);
  await sayInstead(page, { thinking: { text: THOUGHT, times: 3 }, answer: { text: "It is **282**: $x = 1$.\n\n", times: 8 } });
  await page.evaluate(async () => {
    const { conversation } = document.querySelector("reckon-app").stage;
    for (let i = 0; i < 50; i++) {
      await conversation.ask(`Question ${i + 1}`);
    }
  });
  await sayInstead(page, { thinking: { text: THOUGHT, times: 980 }, answer: { text: "It is 282.", times: 1 } });
  await watchTasks(page);
  await ask(page, "And now?");
  const turn = (await ended(page, 51)).at(-1);
  const tasks = (await page.evaluate(() => globalThis.tasks)).sort((a, b) => b - a);
  console.log(`${turn.tokens.length} tokens, long tasks: ${tasks.map(Math.round).slice(0, 8).join(", ") || "none"}`);
  assert.ok(turn.tokens.length >= 20_000 && turn.thinking.length === THOUGHT.length * 980);
  assert.ok((tasks[0] ?? 0) <= LONGEST_TASK_MS, `a task took ${tasks[0]} ms`);
  await page.close();
});

test("a thought of a million characters leaves the page usable: its end is shown, all of it can be copied", async () => {
  const page = await openChat(browser, site);
  const word = "x".repeat(9_999) + " ";
  await sayInstead(page, { thinking: { text: word, times: 100 }, answer: { text: "Done.", times: 1 }, piece: 5000, at_once: 2 });
  await watchTasks(page);
  await ask(page, "Go on.");
  await page.waitForFunction(() => document.querySelector("reckon-app").turns[0]?.thinking.length > 100_000);
  const during = await answerTime(page);
  const [turn] = await ended(page, 1);
  assert.equal(turn.thinking.length, 1_000_000);
  await page.getByText(/^Thought$/).click();
  const after = await answerTime(page);
  const tasks = await page.evaluate(() => globalThis.tasks);
  console.log(`answers after ${Math.round(during)} and ${Math.round(after)} ms, longest task ${Math.round(Math.max(0, ...tasks))} ms`);
  assert.ok(Math.max(during, after) < LONGEST_ANSWER_MS);
  const drawn = await page.locator("reckon-turn .thoughts").evaluate((place) => place.textContent.length);
  assert.ok(drawn >= 80_000 && drawn < 90_000, `${drawn} characters are drawn`);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the page");
  await page.screenshot({ path: join(SHOTS, "million.png") });
  await button(page, "Show more").click();
  assert.ok((await page.locator("reckon-turn .thoughts").evaluate((place) => place.textContent.length)) > 150_000);
  await button(page, "Copy all of it").click();
  await button(page, "Copied").waitFor();
  assert.equal((await page.evaluate(() => navigator.clipboard.readText())).length, turn.thinking.trim().length);
  await page.close();
});

test("text that would turn the page around stays within its turn", async () => {
  const page = await openChat(browser, site);
  const turned = "\u202e\u2067 שלום 123 \u202b";
  await sayInstead(page, { thinking: { text: `${turned}\n`, times: 3 }, answer: { text: turned, times: 1 } });
  await ask(page, `مرحبا ${turned}`);
  await ended(page, 1);
  await page.getByText(/^Thought$/).click();
  const found = await page.evaluate(() => {
    const view = document.querySelector("reckon-app").shadowRoot.querySelector("reckon-turn");
    const style = (what) => getComputedStyle(view.shadowRoot.querySelector(what));
    return [style(".question").direction, style(".thoughts p").direction, style(".numbers").direction, style(".actions").direction];
  });
  assert.deepEqual(found, ["rtl", "rtl", "ltr", "ltr"]);
  await page.screenshot({ path: join(SHOTS, "right-to-left.png") });
  await page.close();
});
