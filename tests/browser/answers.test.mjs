// How a turn is drawn: thinking that folds, Markdown, mathematics as it comes, and text that is not trusted.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const HOSTILE = [
  "<script>globalThis.hurt = true</script>",
  "<img src=x onerror='globalThis.hurt = true'>",
  "![a picture](https://example.com/pixel.png)",
  "[a link](javascript:globalThis.hurt=true) and [another](https://example.com/)",
  "$\\href{javascript:globalThis.hurt=true}{x}$ $\\htmlData{a=b}{y}$ \\boxed{<b>3</b>}",
].join("\n\n");

let site, browser, page;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite();
  browser = await openChromium();
  page = await browser.page(`${site.url}/?model=golden/nothing.gguf&device=cpu`);
  await page.getByRole("alert").waitFor();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** Draws an answer and tells what stands there. */
async function drawn(text, isRunning = false) {
  return page.evaluate(async ({ text, isRunning }) => {
    const answer = document.body.querySelector("reckon-answer") ?? document.body.appendChild(document.createElement("reckon-answer"));
    Object.assign(answer, { text, isRunning });
    while (!answer.renderRoot?.querySelector(".prose")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await answer.updateComplete;
    const place = answer.renderRoot.querySelector(".prose");
    const formulas = Array.from(place.querySelectorAll("annotation"), ({ textContent }) => textContent);
    const count = (what) => place.querySelectorAll(what).length;
    return {
      html: place.innerHTML,
      text: place.innerText,
      formulas,
      boxes: count(".katex .fbox"),
      errors: count(".katex-error"),
      elements: count("script, img, iframe, b"),
      height: place.getBoundingClientRect().height,
      links: Array.from(place.querySelectorAll("a"), ({ href, rel }) => `${href} ${rel}`),
    };
  }, { text, isRunning });
}

test("a box is drawn as mathematics, bare and within a formula, around words and signs as well", async () => {
  const bare = await drawn("So 47 × 6 is \\boxed{282}.");
  assert.deepEqual([bare.formulas, bare.boxes], [["\\boxed{282}"], 1]);
  assert.match(bare.text, /^So 47 × 6 is[^]*\.$/);
  for (const [text, tex] of [
    ["$\\boxed{\\frac{1}{2}}$", "\\boxed{\\frac{1}{2}}"],
    ["**\\boxed{12%}**", "\\boxed{12\\%}"],
    ["\\boxed{$5.20}", "\\boxed{\\$5.20}"],
    ["\\boxed{7 apples}", "\\boxed{\\text{7 apples}}"],
    ["\\boxed{x = 3}", "\\boxed{x = 3}"],
  ]) {
    const { formulas, boxes, html } = await drawn(text);
    assert.deepEqual([formulas, boxes], [[tex], 1], html);
  }
});

test("words in a formula stay on its line", async () => {
  const [line, words] = [await drawn("$15 = 12$"), await drawn("$15\\% \\text{ of } 80 = 12$")];
  assert.ok(words.height < 1.5 * line.height, `${words.height} px, ${line.height} px without words`);
});

test("formulas are told from prices and code, displays from lines, and what is no formula stays as it was written", async () => {
  assert.deepEqual((await drawn("It costs $5 and then $6, or `$x$`.")).formulas, []);
  assert.deepEqual((await drawn("Take $a*b*c$ and \\(d\\):\n\n\\[\nx = 1\n\\]\n\n$$\ny\n= 2\n$$\n\nthus **so**.")).formulas, [
    "a*b*c", "d", "x = 1", "y\n= 2",
  ]);
  const { text, errors } = await drawn("See $\\nonsense{$ here.");
  assert.deepEqual([text, errors], ["See $\\nonsense{$ here.", 0]);
});

test("a formula that comes bit by bit is never drawn as an error, nor as its source", async () => {
  const whole = "First $\\frac{1}{2}$, then \\boxed{\\frac{3}{4}}. Done, at $3.";
  for (let length = 1; length <= whole.length; length++) {
    const { text, errors, html } = await drawn(whole.slice(0, length), true);
    assert.equal(errors, 0, html);
    assert.doesNotMatch(text.replace(/\\frac\{\d\}\{\d\}/g, ""), /[\\{}]|boxed/, `after ${length} characters: ${html}`);
  }
  assert.match((await drawn(whole)).text, /at \$3\.$/);
});

test("what a model writes is text: no element, no request, no script of it", async () => {
  site.requests.length = 0;
  const found = await drawn(HOSTILE);
  assert.equal(found.elements, 0, found.html);
  assert.match(found.text, /<script>globalThis\.hurt = true<\/script>/);
  assert.match(found.text, /!\[a picture\]/);
  assert.deepEqual(found.links, [" noopener noreferrer nofollow", "https://example.com/ noopener noreferrer nofollow"]);
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined);
  assert.ok(site.requests.every(({ path }) => path.endsWith(".woff2")), JSON.stringify(site.requests));
});

test("thinking is open while it lasts and folds when the answer begins", async () => {
  const [during, then] = await page.evaluate(async () => {
    const view = document.body.appendChild(document.createElement("reckon-turn"));
    const turn = { question: "47 × 6?", thinking: "47 × 6 = 40 × 6 + 7 × 6\n= 240 + 42 = 282", answer: "", isRunning: true, isThinking: true, thinkingMs: 3000, thinkingTokens: 31, tokens: [] };
    const look = async (change) => {
      Object.assign(turn, change);
      Object.assign(view, { turn, revision: view.revision + 1 });
      await view.updateComplete;
      const [details, summary] = ["details", "summary"].map((name) => view.renderRoot.querySelector(name));
      return { open: details.open, summary: summary.textContent.replace(/\s+/g, " ").trim() };
    };
    return [await look({}), await look({ isThinking: false, answer: "It is \\boxed{282}." })];
  });
  assert.deepEqual(during, { open: true, summary: "Thinking for 3 s, 31 tokens" });
  assert.deepEqual(then, { open: false, summary: "Thought for 3 s, 31 tokens" });
});

test("where what draws answers does not come, they are text", async () => {
  await browser.context.route("**/prose-*.js", (route) => route.abort());
  const bare = await browser.page(`${site.url}/?model=golden/nothing.gguf&device=cpu`);
  const text = await bare.evaluate(async () => {
    const answer = document.body.appendChild(document.createElement("reckon-answer"));
    answer.text = "So \\boxed{282}.";
    await new Promise((resolve) => setTimeout(resolve, 300));
    return answer.renderRoot.textContent.trim();
  });
  await browser.context.unroute("**/prose-*.js");
  assert.equal(text, "So \\boxed{282}.");
  await bare.close();
});
