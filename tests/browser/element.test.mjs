// <reckon-chat> in pages of their own origin: what it fetches when, its attributes, events, slots and parts, several at once.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { openChromium } from "./chromium.mjs";
import { askElement, EMBEDDED, elementPage, names, openElement, PACKAGE, QUESTION, SHOTS, STRICT } from "./element_page.mjs";
import { openOrigin } from "./origin.mjs";

const DIST = fileURLToPath(new URL("../../web/dist/", import.meta.url));
/** Gzipped bytes of all that is fetched before a reader asks. */
const MOST_BYTES = 60_000;
/** More words than the embedded model has room for. */
const LONG = Array.from({ length: 3000 }, (_, i) => `word ${i}`).join(" ");

let origin, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  origin = await openOrigin({ folders: { "/reckon/": PACKAGE, "/app/": DIST }, headers: { "Content-Security-Policy": STRICT } });
  browser = await openChromium();
});

after(async () => {
  await browser?.close();
  await origin?.close();
});

/** A page with this in its body. */
function open(body, head) {
  origin.pages["/"] = elementPage({ body, head });
  origin.requests.length = 0;
  return openElement(browser, `${origin.url}/`);
}

test("nothing heavy is fetched before a reader asks; then it answers under a strict policy, and tells of it", async () => {
  const page = await open('<reckon-chat device="cpu"></reckon-chat>');
  await page.getByText(EMBEDDED.about).waitFor();
  const offer = await page.getByText("The first question loads").innerText();
  assert.match(offer, /^The first question loads the model, 4\.\d MB, and the engine that runs it\.$/);
  const light = origin.requests.filter((path) => path.startsWith("/reckon/"));
  assert.ok(light.includes("/reckon/models/default.json") && light.every((path) => !/wasm|gguf|worker|prose/.test(path)), light.join());
  const size = light.reduce((sum, path) => sum + gzipSync(readFileSync(join(PACKAGE, path.slice("/reckon/".length)))).length, 0);
  console.log(`${light.length} files, ${size} bytes gzipped, before a reader asks`);
  assert.ok(size <= MOST_BYTES, `${size} bytes`);
  await page.screenshot({ path: join(SHOTS, "element-before.png"), fullPage: true });

  const { question, thinking, answer, reason, statistics } = await askElement(page, QUESTION);
  assert.deepEqual([question, reason], [QUESTION, "stop"]);
  assert.ok(thinking !== "" && answer !== "" && statistics.completion_tokens > 0);
  assert.deepEqual(await names(page), ["ask", "progress", "load", "answer"]);
  assert.deepEqual(page.said, []);
  await page.screenshot({ path: join(SHOTS, "element-answer.png"), fullPage: true });
  await page.close();
});

test("an example is asked where it is pressed, and a page can prevent a question", async () => {
  const page = await open('<reckon-chat device="cpu"><ul slot="examples"><li><button>What is 3 + 4?</button></li></ul></reckon-chat>');
  await page.evaluate(() => addEventListener("reckon-ask", (event) => event.detail.question.includes("secret") && event.preventDefault()));
  const box = page.getByRole("textbox", { name: "Your question" });
  await box.fill("a secret");
  await box.press("Enter");
  await page.getByText("Not asked").waitFor({ state: "detached" });
  assert.equal(await box.inputValue(), "a secret", "it is given back");
  await page.getByRole("button", { name: "What is 3 + 4?" }).click();
  await page.waitForFunction(() => told.some(({ name }) => name === "answer"));
  assert.equal(await page.evaluate(() => document.querySelector("reckon-chat").turns[0].question), "What is 3 + 4?");
  assert.equal(await page.getByRole("button", { name: QUESTION }).count(), 0, "in place of the model's own");
  await page.close();
});

test("two elements share one engine, both answer at once, and the engine ends a while after the last has gone", async () => {
  const page = await open('<reckon-chat id="one" device="cpu"></reckon-chat><reckon-chat id="two" device="cpu"></reckon-chat>');
  await page.waitForFunction(() => customElements.get("reckon-chat"));
  const answers = await page.evaluate(async (questions) => {
    const chats = [...document.querySelectorAll("reckon-chat")];
    const answers = await Promise.all(chats.map((chat, i) => chat.ask(questions[i])));
    return { answers, isShared: chats[0].engine === chats[1].engine };
  }, EMBEDDED.examples.slice(0, 2));
  assert.deepEqual(answers.answers.map(({ question, reason }) => [question, reason]), EMBEDDED.examples.slice(0, 2).map((question) => [question, "stop"]));
  assert.ok(answers.isShared);
  assert.deepEqual([page.workers().length, origin.requests.filter((path) => /wasm$/.test(path)).length], [1, 1]);
  await page.screenshot({ path: join(SHOTS, "element-two.png"), fullPage: true });
  // Moving keeps the conversation; what is removed leaves the engine to the other.
  const turns = await page.evaluate(async () => {
    const [one, two] = document.querySelectorAll("reckon-chat");
    document.body.append(two);
    one.remove();
    await new Promise((resolve) => setTimeout(resolve, 3500));
    await two.ask("What is 5 + 6?");
    return two.turns.length;
  });
  assert.deepEqual([turns, page.workers().length], [2, 1]);
  await page.evaluate(() => document.querySelector("reckon-chat").remove());
  for (const end = Date.now() + 10_000; page.workers().length > 0; ) {
    assert.ok(Date.now() < end, "the worker is still there");
    await page.waitForTimeout(100);
  }
  await page.close();
});

test("on a GPU as well two conversations go on at once", async () => {
  const page = await open('<reckon-chat device="webgpu"></reckon-chat>');
  await page.waitForFunction(() => customElements.get("reckon-chat"));
  const ended = await page.evaluate(async () => {
    const engine = await document.querySelector("reckon-chat").load();
    const generate = async (content) => {
      const ids = [];
      const options = { max_tokens: 8, sampling: { temperature: 0 } };
      for await (const { event } of engine.conversation().generate({ chat: [{ role: "user", content }] }, options)) {
        ids.push(event.kind === "token" ? event.id : event.kind);
      }
      return ids;
    };
    const questions = ["What is 24 × 17?", "What is 5 + 6?"];
    const atOnce = await Promise.all(questions.map(generate));
    const oneByOne = [await generate(questions[0]), await generate(questions[1])];
    return { atOnce, oneByOne };
  });
  assert.deepEqual(ended.atOnce, ended.oneByOne);
  assert.deepEqual(ended.atOnce.map((ids) => [ids[0], ids.at(-1), ids.length]), Array(2).fill(["prompt", "done", 10]));
  await page.close();
});

test("system message, thinking budget and placeholder are those of the attributes", async () => {
  const page = await open(`<reckon-chat device="cpu" system="Be brief." max-thinking="30" placeholder="Ask the page"></reckon-chat>`);
  assert.equal(await page.getByRole("textbox", { name: "Your question" }).getAttribute("placeholder"), "Ask the page");
  const { statistics } = await askElement(page, QUESTION);
  const prompt = await page.evaluate(async (question) => {
    const { engine } = document.querySelector("reckon-chat");
    const user = { role: "user", content: question };
    const tokens = await engine.tokenize([{ role: "system", content: "Be brief." }, user]);
    return { tokens: tokens.length, without: (await engine.tokenize([user])).length };
  }, QUESTION);
  assert.equal(statistics.prompt_tokens, prompt.tokens);
  assert.notEqual(prompt.tokens, prompt.without);
  // The tokens that end it count as well.
  assert.ok(statistics.reasoning_tokens >= 30 && statistics.reasoning_tokens < 40, `${statistics.reasoning_tokens} tokens of thinking`);
  await page.close();
});

test("a preset brings its prompt, and one that is not known is refused in words", async () => {
  const page = await open('<reckon-chat device="cpu" preset="mathematics"></reckon-chat>');
  await askElement(page, QUESTION);
  const found = await page.evaluate(async (question) => {
    const chat = document.querySelector("reckon-chat");
    const system = "Please reason step by step, and put your final answer within \\boxed{}.";
    const tokens = await chat.engine.tokenize([{ role: "system", content: system }, { role: "user", content: question }]);
    const asked = chat.turns[0].statistics.prompt_tokens;
    chat.clear();
    chat.setAttribute("preset", "poetry");
    return [asked - tokens.length, await chat.ask(question).catch(({ code, message }) => `${code}: ${message}`)];
  }, QUESTION);
  assert.deepEqual(found, [0, 'options: preset: there is none called "poetry"; there are mathematics, python, cpp, science']);
  await page.close();
});

test("a page's own text is given to the model as far as it fits, and how much that is is said", async () => {
  for (const [text, words] of [[LONG, /^The first ([\d,]+) of 6,\d{3} words of this page are given to the model\.$/], ["Short.", /^All (\d+) words/]]) {
    const page = await open(`<p>${text}</p><reckon-chat device="cpu" context="main"></reckon-chat>`);
    assert.match(await page.getByText("The text of this page").innerText(), /as far as there is room/);
    const { statistics } = await page.evaluate(askAndStop, QUESTION);
    const note = page.getByText("of this page are given to the model");
    assert.match(await note.innerText(), words);
    const { context } = await page.evaluate(() => document.querySelector("reckon-chat").engine.description);
    assert.ok(statistics.prompt_tokens < context * 0.6, `${statistics.prompt_tokens} tokens of ${context}`);
    assert.ok(text !== LONG || statistics.prompt_tokens > context * 0.4, "what fits is given");
    await page.close();
  }
});

test("a context that selects nothing, and a model that is not there, are told", async () => {
  const page = await open('<reckon-chat model="models/none.gguf" device="cpu" context="#nowhere"></reckon-chat>');
  await assert.rejects(askElement(page, QUESTION), /none\.gguf is missing/);
  await page.getByRole("alert").filter({ hasText: "none.gguf" }).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Your question" }).inputValue(), QUESTION);
  const words = await page.evaluate((question) => {
    const chat = document.querySelector("reckon-chat");
    chat.model = "reckon-mini";
    return chat.ask(question).catch(({ message }) => message);
  }, QUESTION);
  assert.match(words, /context: nothing on this page matches "#nowhere"/);
  await page.close();
});

test("stop ends an answer and keeps what has come, and clear forgets it", async () => {
  const page = await open('<reckon-chat device="cpu"></reckon-chat>');
  await page.waitForFunction(() => customElements.get("reckon-chat"));
  await page.evaluate(`globalThis.askAndStop = ${askAndStop}`);
  const found = await page.evaluate(async (question) => {
    const chat = document.querySelector("reckon-chat");
    const { reason } = await askAndStop(question);
    const busy = [chat.ask(question), chat.ask(question).catch(({ code }) => code)];
    const codes = [reason, await busy[1], (await busy[0]).reason, chat.turns.length];
    chat.clear();
    return [...codes, chat.turns.length];
  }, QUESTION);
  assert.deepEqual(found, ["abort", "state", "stop", 2, 0]);
  await page.close();
});

test("auto-load loads at once, and a reader sees what is loaded", async () => {
  const page = await open('<reckon-chat device="cpu" auto-load></reckon-chat>');
  await page.waitForFunction(() => told.some(({ name }) => name === "load"));
  assert.deepEqual(await names(page), ["progress", "load"]);
  assert.equal(await page.getByRole("button", { name: "Load it now" }).count(), 0);
  await page.close();
});

test("theme, parts, custom properties and slots are the page's to set", async () => {
  const style = "data:text/css,reckon-chat::part(frame){border-width:7px}reckon-chat::part(composer){border-radius:3px}reckon-chat{--reckon-accent:rgb(1,2,3)}";
  origin.headers = { "Content-Security-Policy": STRICT.replace("style-src 'self'", "style-src 'self' data:") };
  const body = '<reckon-chat><h2 slot="heading">Ask the docs</h2><p slot="intro">My words</p><small slot="footer">Mine</small></reckon-chat>';
  const page = await open(body, `<link rel="stylesheet" href="${style}" />`);
  origin.headers = { "Content-Security-Policy": STRICT };
  for (const text of ["Ask the docs", "My words", "Mine"]) {
    await page.getByText(text, { exact: true }).waitFor();
  }
  assert.equal(await page.getByText(EMBEDDED.about).isVisible(), false);
  const seen = await page.evaluate(() => {
    const chat = document.querySelector("reckon-chat");
    const frame = chat.shadowRoot.querySelector(".frame");
    const composer = chat.shadowRoot.querySelector("reckon-composer").shadowRoot;
    const paper = (theme) => (chat.setAttribute("theme", theme), getComputedStyle(frame).backgroundColor);
    return {
      border: getComputedStyle(frame).borderTopWidth,
      radius: getComputedStyle(composer.querySelector("form")).borderTopLeftRadius,
      ask: getComputedStyle(composer.querySelector("button")).backgroundColor,
      papers: ["auto", "light", "dark"].map(paper),
      ofPage: ((document.documentElement.style.colorScheme = "dark"), paper("auto")),
    };
  });
  assert.deepEqual([seen.border, seen.radius, seen.ask], ["7px", "3px", "rgb(1, 2, 3)"]);
  const [auto, light, dark] = seen.papers;
  assert.ok(auto === light && light !== dark && seen.ofPage === dark, JSON.stringify(seen));
  await page.close();
});

test("the app and the element stand on one page", async () => {
  const [app] = readdirSync(join(DIST, "assets")).filter((name) => /^index-.*\.js$/.test(name));
  const page = await open("<reckon-app></reckon-app><reckon-chat></reckon-chat>", `<script type="module" src="/app/assets/${app}"></script>`);
  await page.getByText(EMBEDDED.about).first().waitFor();
  const defined = await page.evaluate(() => ["reckon-app", "reckon-chat", "reckon-turn"].map((name) => customElements.get(name) !== undefined));
  assert.deepEqual(defined, [true, true, true]);
  assert.deepEqual(page.said.filter((line) => line.startsWith("error") && !line.includes("404")), []);
  await page.close();
});

/** Runs in the page: asks, and stops the answer once it has begun. */
async function askAndStop(question) {
  const chat = document.querySelector("reckon-chat");
  const asked = chat.ask(question);
  while ((chat.turns[0]?.tokens.length ?? 0) === 0) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  chat.stop();
  return asked;
}
