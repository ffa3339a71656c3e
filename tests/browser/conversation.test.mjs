// A conversation with the embedded model: thinking cut short, questions edited, answers regenerated, keys and what is told.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { ask, box, button, ended, openChat, SLOWLY, thinkOn } from "./chat.mjs";
import { openChromium, WITHOUT_WEBGPU } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const [FIRST, SECOND, OTHER] = ["What is 24 × 17?", "What is 15% of 240?", "Find x if 9x + 28 = 253."];

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

const shot = (page, name) => page.screenshot({ path: join(SHOTS, `${name}.png`) });
/** What has the focus, within components. */
const focused = (page) =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) {
      element = element.shadowRoot.activeElement;
    }
    return element?.getAttribute("aria-label") ?? (element?.innerText.trim() || element?.localName);
  });

test("thinking is ended by “Answer now”, and that is said; Escape stops; a screen reader hears each state once", async () => {
  const page = await openChat(browser, site, SLOWLY);
  await page.evaluate(() => {
    globalThis.told = [];
    const status = document.querySelector("reckon-app").shadowRoot.querySelector(".unseen");
    new MutationObserver(() => told.push(status.innerText)).observe(status, { childList: true, characterData: true, subtree: true });
  });
  await thinkOn(page);
  await ask(page, FIRST);
  await button(page, "Answer now").waitFor();
  await shot(page, "thinking-on");
  await button(page, "Answer now").click();
  await page.waitForFunction(() => document.querySelector("reckon-app").turns[0].thinkingTo !== undefined);
  assert.equal(await focused(page), "Your question");
  const [cut] = await ended(page, 1);
  assert.match(cut.summary, /^Thought for .+, cut short after [\d,]+ tokens$/);
  assert.ok(cut.cutShort > 0 && cut.answer.length > 0, JSON.stringify(cut));
  assert.equal(await button(page, "Answer now").count(), 0);
  await ask(page, SECOND);
  await button(page, "Answer now").waitFor();
  await page.keyboard.press("Escape");
  const [, stopped] = await ended(page, 2);
  assert.deepEqual([stopped.reason, stopped.cutShort], ["abort", undefined]);
  assert.match(stopped.numbers, /stopped$/);
  const told = await page.evaluate(() => globalThis.told);
  console.log(told.join(" | "));
  assert.ok(told.filter((words) => words === "Thinking").length <= 2 && told.length <= 9, told.join());
  assert.match(told.at(-1), /^Stopped, [\d,]+ tokens$/);
  assert.ok(told.some((words) => /^Done, [\d,]+ tokens$/.test(words)), told.join());
  await page.close();
});

test("a thinking budget comes from the page's address, or is set and kept", async () => {
  const page = await openChat(browser, site, "&max_thinking=8");
  await ask(page, FIRST);
  const [turn] = await ended(page, 1);
  assert.match(turn.summary, /cut short after 8 tokens$/);
  assert.equal(turn.settings.max_reasoning_tokens, 8);
  await button(page, "Settings").click();
  const number = page.getByRole("spinbutton", { name: "Another budget, in tokens" });
  assert.equal(await number.inputValue(), "8");
  await page.getByRole("radio", { name: "256" }).check();
  await shot(page, "settings");
  await button(page, "Done").click();
  assert.equal(await focused(page), "Settings");
  await page.close();
  const later = await openChat(browser, site);
  await button(later, "Settings").click();
  assert.ok(await later.getByRole("radio", { name: "256" }).isChecked());
  await later.getByRole("radio", { name: "none" }).check();
  await later.close();
});

test("a question is edited: what followed stays with the earlier version, and both can be gone to", async () => {
  const page = await openChat(browser, site);
  await ask(page, FIRST);
  await ended(page, 1);
  await ask(page, SECOND);
  await ended(page, 2);
  await button(page, "Edit question").first().click();
  const field = page.getByRole("textbox", { name: "Your question, to be asked anew" });
  assert.equal(await field.inputValue(), FIRST);
  await shot(page, "edit");
  await field.press("Escape");
  assert.equal(await focused(page), "Edit question");
  await button(page, "Edit question").first().click();
  await field.fill(OTHER);
  await field.press("Enter");
  const [edited] = await ended(page, 1);
  assert.deepEqual([edited.question, edited.versions], [OTHER, "‹ 2 of 2 ›"]);
  await button(page, "Previous version").click();
  const back = await ended(page, 2);
  assert.deepEqual(back.map(({ question }) => question), [FIRST, SECOND]);
  assert.equal(back[0].versions, "‹ 1 of 2 ›");
  assert.equal(await focused(page), "Next version");
  await shot(page, "versions");
  await page.close();
});

test("an answer is regenerated with another seed as a version, and copied as Markdown", async () => {
  const page = await openChat(browser, site, "&seed=5&temperature=0.7");
  await ask(page, FIRST);
  const [first] = await ended(page, 1);
  await button(page, "Regenerate").click();
  const [again] = await ended(page, 1);
  assert.equal(again.versions, "‹ 2 of 2 ›");
  assert.equal(first.settings.sampling.seed, 5);
  assert.notEqual(again.settings.sampling.seed, 5);
  assert.equal(again.question, FIRST);
  await button(page, "Copy").click();
  await button(page, "Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), again.answer);
  await page.close();
  const greedy = await openChat(browser, site);
  await ask(greedy, FIRST);
  await ended(greedy, 1);
  await button(greedy, "Regenerate").click();
  const [drawn] = await ended(greedy, 1);
  assert.equal(drawn.settings.sampling.temperature, 0.6, "the likeliest answer would be the same again");
  await greedy.close();
});

test("everything is reached with keys: help, the last question, a new conversation", async () => {
  const page = await openChat(browser, site);
  await ask(page, FIRST);
  await ended(page, 1);
  await box(page).press("Control+/");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await shot(page, "help");
  await page.keyboard.press("Escape");
  await box(page).press("ArrowUp");
  await page.waitForFunction(() => document.querySelector("reckon-app").shadowRoot.querySelector("reckon-turn").isEdited);
  assert.equal(await focused(page), "Your question, to be asked anew");
  await page.keyboard.press("Escape");
  const reached = new Set();
  for (let i = 0; i < 16; i++) {
    await page.keyboard.press("Tab");
    reached.add(await focused(page));
  }
  for (const name of ["Copy", "Regenerate", "Edit question", "Your question", "New", "Conversations", "Settings", "Help"]) {
    if (!reached.has(name)) {
      await page.keyboard.press("Tab");
      reached.add(await focused(page));
    }
    assert.ok(reached.has(name), `${name}: ${Array.from(reached).join()}`);
  }
  await page.keyboard.press("Control+Shift+O");
  await page.waitForFunction(() => document.querySelector("reckon-app").turns.length === 0);
  assert.equal(await focused(page), "Your question");
  await page.close();
});

test("the meter tells how full the context is, in words when it nearly is", async () => {
  const page = await openChat(browser, site, "&context=128&max_tokens=200");
  assert.equal(await page.getByRole("meter").count(), 0);
  await thinkOn(page);
  await ask(page, FIRST);
  const [turn] = await ended(page, 1);
  assert.equal(turn.reason, "context");
  const meter = page.getByRole("meter", { name: "Context in use" });
  assert.match(await meter.getAttribute("aria-valuetext"), /^(9\d|100) %, 12\d of 128 tokens$/);
  await page.getByText("The context is nearly full").waitFor();
  await page.getByText("of the context, nearly full").click();
  await page.getByText("Memory", { exact: true }).waitFor();
  await shot(page, "context-full");
  await page.close();
});
