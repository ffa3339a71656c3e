// The model that is shipped with the page, and what its description says; questions early, empty, too long; answers cut off.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium, withModel } from "./chromium.mjs";
import { GOLDEN, openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const EMBEDDED = JSON.parse(readFileSync(new URL("../../web/embedded/default.json", import.meta.url)));
const TINY = "?model=golden/tiny_text/model.gguf&temperature=0&device=cpu";
/** What a site's owner says of another model. */
const OTHER = { file: "tiny_text/model.gguf", name: "Other", about: "It counts.", examples: ["and on"], recommended: { temperature: 0, max_tokens: 8 } };
const QUESTION = "the other 15 and on";

let site, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite({ models: GOLDEN });
  browser = await openChromium();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const box = (page) => page.getByRole("textbox", { name: "Your question" });

async function ask(page, question) {
  await box(page).fill(question);
  await box(page).press("Enter");
}

/** The last turn once it has ended, and the line of numbers below it. */
async function ended(page) {
  await page.waitForFunction(() => document.querySelector("reckon-app").turns.at(-1)?.isRunning === false);
  return page.evaluate(async () => {
    const app = document.querySelector("reckon-app");
    await app.updateComplete;
    const views = app.shadowRoot.querySelectorAll("reckon-turn");
    const { question, tokens, reason } = app.turns.at(-1);
    return { question, tokens: tokens.length, reason, numbers: views[views.length - 1].renderRoot.querySelector(".numbers").innerText };
  });
}

/** Lets generations go on through the stop tokens of the tiny model. */
function keepGoing(page) {
  return withModel(page, () => {
    const { conversation } = document.querySelector("reckon-app").stage;
    conversation.wishes.sampling.logit_bias = new Map([301, 304].map((id) => [id, -1e4]));
  });
}

test("the page opens the model it is shipped with, says what it is for, and asks an example of it", async () => {
  const strange = [];
  browser.context.on("request", (request) => request.url().startsWith(site.url) || strange.push(request.url()));
  const page = await browser.page(`${site.url}/?keep=no`);
  await withModel(page, () => undefined);
  await page.getByText(EMBEDDED.about).waitFor();
  await page.getByText(new RegExp(`^\\d\\.\\d MB · ${EMBEDDED.licence}$`)).waitFor();
  const examples = page.getByRole("list", { name: "Examples" }).getByRole("button");
  assert.deepEqual(await examples.allInnerTexts(), EMBEDDED.examples);
  await page.screenshot({ path: join(SHOTS, "embedded.png") });
  await examples.first().click();
  const turn = await ended(page);
  assert.equal(turn.question, EMBEDDED.examples[0]);
  assert.ok(turn.tokens > 0 && turn.tokens <= EMBEDDED.recommended.max_tokens, turn.numbers);
  await page.screenshot({ path: join(SHOTS, "embedded-answer.png") });
  assert.deepEqual([strange, page.said], [[], []]);
  await page.close();
});

test("another default is opened as its description says, and the page's address says otherwise", async () => {
  await browser.context.route("**/models/default.json", (route) => route.fulfill({ json: OTHER }));
  for (const [query, tokens] of [["", 8], ["&max_tokens=3", 3]]) {
    const page = await browser.page(`${site.url}/?keep=no${query}`);
    await keepGoing(page);
    await page.getByText(OTHER.about).waitFor();
    await ask(page, QUESTION);
    const turn = await ended(page);
    assert.deepEqual([turn.tokens, turn.reason], [tokens, "length"]);
    assert.match(turn.numbers, /cut off at the token limit/);
    await page.close();
  }
  await browser.context.unroute("**/models/default.json");
});

test("what never ends is cut off where the context is full, and that is said", async () => {
  const page = await browser.page(`${site.url}/${TINY}&context=64&max_tokens=1000`);
  await keepGoing(page);
  await ask(page, "and on");
  const { reason, numbers } = await ended(page);
  assert.equal(reason, "context");
  assert.match(numbers, /cut off: the context is full/);
  await page.close();
});

test("a question that is written while the model loads is asked once it is there, or given back", async () => {
  for (const comes of [true, false]) {
    let open;
    const gate = new Promise((resolve) => (open = resolve));
    await browser.context.route("**/golden/**", async (route) => {
      await gate;
      await (comes ? route.continue() : route.fulfill({ status: 404 }));
    });
    const page = await browser.page(`${site.url}/${TINY}&keep=no&max_tokens=4`);
    await ask(page, QUESTION);
    await page.getByText("is asked as soon as the model is here").waitFor();
    open();
    if (comes) {
      assert.equal((await ended(page)).question, QUESTION);
    } else {
      await page.getByRole("alert").waitFor();
      assert.equal(await box(page).inputValue(), QUESTION);
    }
    await page.close();
    await browser.context.unroute("**/golden/**");
  }
});

test("a question in the page's address is asked", async () => {
  const page = await browser.page(`${site.url}/${TINY}&max_tokens=4&ask=${encodeURIComponent(QUESTION)}`);
  assert.equal((await ended(page)).question, QUESTION);
  await page.close();
});

test("an empty line asks nothing; a question too long is refused in words and given back", async () => {
  const page = await browser.page(`${site.url}/${TINY}&context=64&max_tokens=4`);
  await withModel(page, () => undefined);
  await ask(page, "   ");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  const isFocused = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.shadowRoot?.activeElement?.localName);
  assert.equal(await isFocused(), "textarea");
  const long = "and on ".repeat(60).trim();
  await ask(page, long);
  const words = await page.getByRole("alert").innerText();
  console.log(words);
  assert.match(words, /^Not asked: the prompt has \d+ tokens and the context 64 positions/);
  assert.equal(await box(page).inputValue(), long);
  assert.equal(await page.evaluate(() => document.querySelector("reckon-app").turns.length), 0);
  await ask(page, "and on");
  await ended(page);
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.close();
});
