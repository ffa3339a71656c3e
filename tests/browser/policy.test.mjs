// What the page may load and run, and whom it asks: nobody but its own site and the one a model comes from.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { noteViolations, openChromium, withModel } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  // A model's host may be any; a page that came over https may ask no other by http.
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
];
const QUESTION = "What is 47 × 6?";
/** What a model may write: mathematics, code, a link and a picture of elsewhere. */
const ANSWER = "So $x^2 = \\frac{1}{2}$, and ![a picture](https://elsewhere.example/picture.png).\n\n```python\nprint(282)\n```\n\n\\boxed{282}";

let site, other, browser;

before(async () => {
  site = await openSite();
  other = await openSite();
  other.manner = "other-origin";
  browser = await openChromium({ keepsApp: true });
  await noteViolations(browser.context);
});

after(async () => {
  await browser?.close();
  await site?.close();
  await other?.close();
});

/** Origins that are asked for something from now on, by pages, workers and service workers. */
function origins() {
  const found = new Set();
  browser.context.on("request", (request) => found.add(new URL(request.url()).origin));
  return found;
}

async function ask(page) {
  const box = page.getByRole("textbox", { name: "Your question" });
  await box.fill(QUESTION);
  await box.press("Enter");
  await page.waitForFunction(() => document.querySelector("reckon-app").turns.at(-1)?.isRunning === false);
}

/** Draws what a model could have written, its formulas and the colours of its code. */
async function show(page) {
  await page.evaluate(async (text) => {
    const view = Object.assign(document.createElement("reckon-answer"), { text });
    document.body.append(view);
  }, ANSWER);
  await page.locator("body > reckon-answer .katex").first().waitFor();
  await page.locator("body > reckon-answer [class^=hljs-]").first().waitFor();
}

/** Runs in the page: all that a policy is there to refuse. */
function tryAll() {
  const put = (name, properties) => document.body.append(Object.assign(document.createElement(name), properties));
  put("script", { textContent: "globalThis.ran = true" });
  put("script", { src: "https://elsewhere.example/script.js" });
  put("style", { textContent: "body { display: none }" });
  put("img", { src: "https://elsewhere.example/picture.png" });
  document.body.setAttribute("onclick", "globalThis.ran = true");
  document.body.click();
  try {
    eval("globalThis.ran = true");
  } catch {
    // As it must be.
  }
}

test("a whole session asks nobody but the app's own site, and breaks its policy nowhere", async () => {
  const asked = origins();
  const page = await browser.page(`${site.url}/`);
  await withModel(page, () => navigator.serviceWorker.ready.then(() => undefined));
  await ask(page);
  await show(page);
  for (const isOffline of [false, true]) {
    await browser.context.setOffline(isOffline);
    await page.reload();
    await withModel(page, () => undefined);
    await ask(page);
    await show(page);
    assert.deepEqual(await page.evaluate(() => violations), []);
  }
  await browser.context.setOffline(false);
  assert.deepEqual([...asked].filter((origin) => origin !== "null"), [site.url]);
  assert.deepEqual(page.said, []);
  await page.close();
});

test("a model of another site is asked of that site alone", async () => {
  const asked = origins();
  const page = await browser.page(`${site.url}/?model=${other.url}/golden/tiny_text/model.gguf&device=cpu&max_tokens=4&keep=no`);
  await withModel(page, () => undefined);
  await ask(page);
  assert.deepEqual([...asked].filter((origin) => origin !== "null").sort(), [site.url, other.url].sort());
  assert.ok(other.requests.every(({ path }) => path === "/golden/tiny_text/model.gguf"), JSON.stringify(other.requests));
  await page.close();
});

test("the page's policy lets nothing run that is not a file of the app", async () => {
  const page = await browser.page(`${site.url}/`);
  const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
  assert.deepEqual(policy.split("; "), POLICY);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
  await withModel(page, () => undefined);
  // Later than the call: what a debugger evaluates may do more than the page.
  await page.evaluate(`setTimeout(${tryAll}, 0)`);
  const found = await page.waitForFunction(() => globalThis.violations.length >= 6 && globalThis.violations);
  const directives = (await found.jsonValue()).map((violation) => violation.split(" ")[0]);
  const expected = ["img-src", "script-src", "script-src-attr", "script-src-elem", "script-src-elem", "style-src-elem"];
  assert.deepEqual(directives.sort(), expected);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined, "none of it ran");
  await page.close();
});
