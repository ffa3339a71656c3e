// Conversations that are kept on the device: continued, listed, exported, brought back; with two tabs, and with nothing to keep them in.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { ask, box, button, ended, openChat, SLOWLY, thinkOn } from "./chat.mjs";
import { openChromium, withModel, WITHOUT_WEBGPU } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const [FIRST, SECOND, OTHER] = ["What is 24 × 17?", "What is 15% of 240?", "Find x if 9x + 28 = 253."];

let site, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite();
  browser = await openChromium({ adapter: WITHOUT_WEBGPU, acceptDownloads: true });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const shot = (page, name) => page.screenshot({ path: join(SHOTS, `${name}.png`) });
const questions = (turns) => turns.map(({ question }) => question);

/** Opens the first conversation of the list whose title has `title` in it; its turns, once its question is the one shown. */
async function open(page, title, question = title) {
  await page.locator("reckon-history .open", { hasText: title }).first().click();
  await page.waitForFunction((question) => document.querySelector("reckon-app").turns[0]?.question === question, question);
  return ended(page, 1);
}
/** Titles in the list, the newest first. */
const titles = (page) => page.locator("reckon-history .open bdi").allInnerTexts();

async function reloaded(page) {
  await page.reload();
  await withModel(page, () => undefined);
}

test("a reload continues the conversation where it was, with its versions, and what was under way is marked", async () => {
  const page = await openChat(browser, site, SLOWLY);
  await ask(page, FIRST);
  const [before] = await ended(page, 1);
  await button(page, "Regenerate").click();
  await ended(page, 1);
  await thinkOn(page);
  await ask(page, SECOND);
  await page.waitForFunction(() => document.querySelector("reckon-app").turns[1]?.thinkingTokens > 20);
  await page.waitForTimeout(1300);
  const address = page.url();
  await reloaded(page);
  const [first, second] = await ended(page, 2);
  assert.equal(page.url(), address);
  assert.deepEqual([first.question, first.versions, second.question], [FIRST, "‹ 2 of 2 ›", SECOND]);
  assert.equal(second.reason, "interrupted");
  assert.match(second.numbers, /interrupted$/);
  assert.ok(second.thinking.length > 50, second.thinking);
  await button(page, "Previous version").click();
  const [earlier] = await ended(page, 1);
  assert.deepEqual([earlier.answer, earlier.thinking, earlier.model], [before.answer, before.thinking, before.model]);
  assert.equal(earlier.statistics.completion_tokens, before.statistics.completion_tokens);
  await ask(page, OTHER);
  assert.ok((await ended(page, 2))[1].statistics.prompt_tokens > before.statistics.prompt_tokens, "what was said before is in the prompt");
  await page.close();
});

test("conversations are listed, renamed, exported, deleted, and brought back from their file", async () => {
  const page = await openChat(browser, site, `&ask=${encodeURIComponent(FIRST)}`);
  await page.setViewportSize({ width: 1400, height: 850 });
  await ended(page, 1);
  await button(page, "New conversation").click();
  await ask(page, SECOND);
  await ended(page, 1);
  await page.waitForFunction(() => document.querySelector("reckon-app").shadowRoot.querySelector("reckon-history").headings.length >= 3);
  await shot(page, "list-wide");
  assert.deepEqual((await titles(page)).slice(0, 2), [SECOND, FIRST]);
  await button(page, `More for ${SECOND}`).click();
  await button(page, "Rename").click();
  await page.getByRole("textbox", { name: "Title" }).fill("Percentages");
  await page.keyboard.press("Enter");
  await button(page, "More for Percentages").click();
  const saved = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), button(page, name).click()]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
  };
  const markdown = await saved("Markdown");
  assert.equal(markdown.name, "percentages.md");
  assert.match(markdown.text, /^# Percentages\n\n\*\d{4}-\d\d-\d\d · Reckon Mini\*\n\n## Question\n\nWhat is 15% of 240\?\n\n### Thinking\n\n> /);
  const json = await saved("JSON");
  assert.equal(JSON.parse(json.text).conversations[0].turns[0].question, SECOND);
  const all = await saved("Export all");
  const count = JSON.parse(all.text).conversations.length;
  await button(page, "Delete").click();
  await button(page, "Delete for good?").click();
  await page.waitForFunction(() => document.querySelector("reckon-app").turns.length === 0);
  await page.waitForFunction((rest) => document.querySelector("reckon-app").shadowRoot.querySelector("reckon-history").headings.length === rest, count - 1);
  await button(page, "Delete all").click();
  await button(page, "Delete all for good?").click();
  await page.getByText("What you ask is kept here, on this device alone.").waitFor();
  const file = (text) => ({ name: "conversations.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await page.getByLabel("Import").setInputFiles(file("{}"));
  await page.getByText("Not imported: the file says format null; expected \"reckon-conversations\"").waitFor();
  await page.getByLabel("Import").setInputFiles(file(all.text));
  await page.getByText(`${count} conversations came in`).waitFor();
  assert.deepEqual(questions(await open(page, "Percentages", SECOND)), [SECOND]);
  await page.close();
});

test("on a narrow screen the list is a drawer, and nothing is wider than the screen", async () => {
  const page = await openChat(browser, site);
  await page.setViewportSize({ width: 400, height: 800 });
  await ask(page, SECOND);
  await ended(page, 1);
  await button(page, "New").click();
  await ask(page, FIRST);
  await ended(page, 1);
  await shot(page, "narrow");
  await button(page, "Conversations").click();
  await page.getByRole("dialog", { name: "Conversations" }).waitFor();
  await page.waitForTimeout(250);
  await shot(page, "narrow-list");
  await open(page, SECOND);
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(page, "narrow-dark");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.close();
});

test("two tabs keep their conversations beside each other, and one that is shown in both follows", async () => {
  const [one, two] = [await openChat(browser, site), await openChat(browser, site)];
  await ask(one, "What is 3 + 4?");
  await ask(two, "What is 5 + 6?");
  await Promise.all([ended(one, 1), ended(two, 1)]);
  await Promise.all([one, two].map((page) => page.setViewportSize({ width: 1400, height: 800 })));
  for (const page of [one, two]) {
    await page.locator("reckon-history .open", { hasText: "What is 3 + 4?" }).waitFor();
    await page.locator("reckon-history .open", { hasText: "What is 5 + 6?" }).waitFor();
  }
  await open(two, "What is 3 + 4?");
  await ask(one, "What is 7 + 8?");
  await ended(one, 2);
  assert.deepEqual(questions(await ended(two, 2)), ["What is 3 + 4?", "What is 7 + 8?"]);
  await Promise.all([one.close(), two.close()]);
});

test("where nothing can be kept the page works, and says once that conversations are not", async () => {
  const page = await browser.context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.addInitScript(() => {
    const denied = () => {
      throw new DOMException("denied", "SecurityError");
    };
    IDBFactory.prototype.open = denied;
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(globalThis, name, { get: denied });
    }
  });
  await page.goto(`${site.url}/?device=cpu`);
  await withModel(page, () => undefined);
  await ask(page, FIRST);
  const [turn] = await ended(page, 1);
  assert.equal(turn.reason, "stop");
  const words = page.getByText("Conversations are not kept: this browser keeps nothing for this page.");
  await words.first().waitFor();
  assert.equal(await words.filter({ visible: true }).count(), 1);
  await button(page, "Settings").click();
  await page.getByRole("radio", { name: "256" }).check();
  await button(page, "Done").click();
  await button(page, "New").click();
  await ask(page, SECOND);
  assert.equal((await ended(page, 1))[0].settings.max_reasoning_tokens, 256);
  await shot(page, "nothing-kept");
  assert.deepEqual(faults, []);
  await page.close();
});

test("a file that is not as it should be is refused in words, and titles hold nothing that turns text around", async () => {
  const page = await openChat(browser, site);
  await page.setViewportSize({ width: 1400, height: 800 });
  const turn = { after: null, is_shown: true, question: "\u202eabc\u202c\n  def", answer: "7" };
  const refusals = [
    ["no", /the file is no JSON/],
    [{ format: "reckon-conversations", version: 9 }, /of version 9; this page reads version 1/],
    [{ format: "reckon-conversations", version: 1, conversations: [{ turns: [] }] }, /conversation 1 of the file has no turns/],
    [{ format: "reckon-conversations", version: 1, conversations: [{ turns: [{ ...turn, after: 3 }] }] }, /turn 1 of conversation 1 follows 3/],
    [{ format: "reckon-conversations", version: 1, conversations: [{ turns: [{ ...turn, answer: 7 }] }] }, /no question or no answer/],
  ];
  const give = (given) => {
    const text = typeof given === "string" ? given : JSON.stringify(given);
    return page.getByLabel("Import").setInputFiles({ name: "a.json", mimeType: "application/json", buffer: Buffer.from(text) });
  };
  for (const [given, words] of refusals) {
    await give(given);
    await page.getByText(words).waitFor();
  }
  await give({ format: "reckon-conversations", version: 1, conversations: [{ turns: [turn] }] });
  assert.deepEqual((await open(page, "abc def", turn.question)).map(({ answer, reason }) => [answer, reason]), [["7", "interrupted"]]);
  await box(page).waitFor();
  await page.close();
});
