// <reckon-chat> where it is not at home: code and weights on other origins, a sandbox, no storage; and the worked examples.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { newProfile, openChromium, removeProfile, WITHOUT_WEBGPU } from "./chromium.mjs";
import { askElement, elementPage, names, openElement, PACKAGE, QUESTION, SHOTS, STRICT } from "./element_page.mjs";
import { openOrigin, READABLE } from "./origin.mjs";
import { GOLDEN } from "./site.mjs";

const EXAMPLES = fileURLToPath(new URL("../../web/examples/", import.meta.url));
/** The embedded model's file, as it is called there. */
const { file: MODEL } = JSON.parse(readFileSync(join(PACKAGE, "models/default.json")));
const DEVICE = 'device="cpu"';
const ANSWERED = ["ask", "progress", "load", "answer"];
const NARROW = { width: 400, height: 800 };

let browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  browser = await openChromium({ adapter: WITHOUT_WEBGPU });
});

after(() => browser?.close());

/** Opens servers for as long as `act` lasts. */
async function withOrigins(options, act) {
  const origins = await Promise.all(options.map(openOrigin));
  try {
    await act(...origins);
  } finally {
    await Promise.all(origins.map((origin) => origin.close()));
  }
}

const ofCode = { folders: { "/": PACKAGE }, headers: READABLE };
const ofWeights = { folders: { "/": join(PACKAGE, "models/") }, headers: READABLE };

test("page, code and weights are of three origins, and the policy allows worker-src blob:", () =>
  withOrigins([{}, ofCode, ofWeights], async (site, code, weights) => {
    const body = `<reckon-chat ${DEVICE} model="${weights.url}/${MODEL}" system="Answer with \\( \\)."></reckon-chat>`;
    site.pages["/"] = elementPage({ body, code: code.url });
    site.headers = {
      "Content-Security-Policy":
        `default-src 'none'; script-src ${code.url} 'wasm-unsafe-eval'; worker-src blob:; style-src 'self'; ` +
        `font-src ${code.url}; img-src data:; connect-src ${code.url} ${weights.url}; base-uri 'none'; form-action 'none'`,
    };
    const page = await openElement(browser, `${site.url}/`);
    await page.getByText(`The first question loads the model from ${new URL(weights.url).host}`).waitFor();
    assert.deepEqual(weights.requests, [], "nothing is asked of the model's server before a reader asks");
    await askElement(page, QUESTION);
    assert.deepEqual([await names(page), page.said], [ANSWERED, []]);
    assert.deepEqual(site.requests.filter((path) => path !== "/favicon.ico"), ["/"]);
    assert.ok(weights.requests.every((path) => path === `/${MODEL}`) && weights.requests.length > 0);
    // What draws answers has come from the code's origin, and names its fonts there.
    const fonts = await page.evaluate(() => Array.from(document.fonts, ({ family }) => family));
    assert.ok(fonts.some((family) => family.includes("KaTeX_Main")), fonts.join());
    const loaded = await page.evaluate(() => document.fonts.load('16px "KaTeX_Main"').then((faces) => faces.map(({ status }) => status)));
    assert.deepEqual([...new Set(loaded)], ["loaded"]);
    assert.ok(code.requests.some((path) => /KaTeX_Main-Regular.*woff2$/.test(path)));
    await page.close();
  }));

test("where the policy forbids the worker the reader is told what it must allow", () =>
  withOrigins([{}, ofCode], async (site, code) => {
    site.pages["/"] = elementPage({ body: `<reckon-chat ${DEVICE}></reckon-chat>`, code: code.url });
    site.headers = {
      "Content-Security-Policy": `script-src ${code.url} 'wasm-unsafe-eval'; worker-src 'self'; connect-src ${code.url}`,
    };
    const page = await openElement(browser, `${site.url}/`);
    await assert.rejects(askElement(page, QUESTION), /worker-src blob:/);
    await page.getByRole("alert").filter({ hasText: "worker-src blob:" }).waitFor();
    await page.close();
  }));

test("a hub's model is told of before it is fetched, and a reader may say no", () =>
  withOrigins([{ folders: { "/reckon/": PACKAGE } }], async (site) => {
    site.pages["/"] = elementPage({ body: `<reckon-chat ${DEVICE} model="someone/tiny"></reckon-chat>` });
    const asked = [];
    await browser.context.route("https://huggingface.co/**", (route) => {
      const [, name] = /^https:..huggingface.co.someone.tiny.resolve.main.(.*)$/.exec(route.request().url()) ?? [];
      const file = join(GOLDEN, "tiny_text_folder", name ?? "");
      asked.push(name);
      return route.fulfill(name && existsSync(file) ? { path: file, headers: READABLE } : { status: 404, headers: READABLE });
    });
    const page = await openElement(browser, `${site.url}/`);
    await page.getByText("The first question loads the model from huggingface.co; what it takes is told before that.").waitFor();
    assert.deepEqual(asked, []);
    for (const button of ["Not now", "Load"]) {
      await page.getByRole("button", { name: "Load it now" }).click();
      await page.getByText("to download").waitFor();
      await page.screenshot({ path: join(SHOTS, "element-plan.png") });
      assert.deepEqual((await names(page)).includes("load"), false);
      await page.getByRole("button", { name: button, exact: true }).click();
    }
    await page.waitForFunction(() => told.some(({ name }) => name === "load"));
    assert.ok(asked.includes("config.json") && asked.includes("model.safetensors"), asked.join());
    await browser.context.unroute("https://huggingface.co/**");
    await page.close();
  }));

test("it answers in a sandboxed frame, which has no origin and no storage", () =>
  withOrigins([{}, ofCode], async (site, code) => {
    site.pages["/"] = `<!doctype html><title>Outer</title><iframe title="chat" width="700" height="700" sandbox="allow-scripts" src="/inner"></iframe>`;
    site.pages["/inner"] = elementPage({ body: `<reckon-chat ${DEVICE}></reckon-chat>`, code: code.url });
    const page = await openElement(browser, `${site.url}/`);
    const frame = page.frames()[1];
    await frame.getByText("The first question loads").waitFor();
    const denied = await frame.evaluate(() => [self.origin, (() => { try { return typeof localStorage; } catch ({ name }) { return name; } })()]);
    assert.deepEqual(denied, ["null", "SecurityError"]);
    await askElement(frame, QUESTION);
    assert.deepEqual(await names(frame), ANSWERED);
    await page.screenshot({ path: join(SHOTS, "element-sandbox.png") });
    await page.close();
  }));

test("it answers where the browser lets the site store nothing", async () => {
  const profile = newProfile();
  mkdirSync(join(profile, "Default"), { recursive: true });
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, "Default/Preferences"), JSON.stringify(settings));
  const denied = await openChromium({ adapter: WITHOUT_WEBGPU, profile });
  try {
    await withOrigins([{ folders: { "/reckon/": PACKAGE }, headers: { "Content-Security-Policy": STRICT } }], async (site) => {
      site.pages["/"] = elementPage();
      const page = await openElement(denied, `${site.url}/`);
      const found = await page.evaluate(async () => {
        const name = ({ name }) => name;
        const local = (() => { try { return typeof localStorage; } catch (error) { return error.name; } })();
        return [local, await navigator.storage.getDirectory().then(() => "a folder", name)];
      });
      assert.deepEqual(found, ["SecurityError", "SecurityError"]);
      await askElement(page, QUESTION);
      assert.deepEqual(await names(page), ANSWERED);
      await page.close();
    });
  } finally {
    await denied.close();
    removeProfile(profile);
  }
});

test("the plain page of the examples answers, under the policy that it names", () =>
  withOrigins([{ folders: { "/": join(EXAMPLES, "plain"), "/reckon/": PACKAGE } }], async (site) => {
    const page = await openElement(browser, `${site.url}/`);
    await page.getByText("The first question loads").waitFor();
    await page.screenshot({ path: join(SHOTS, "example-plain.png"), fullPage: true });
    await page.evaluate((device) => document.querySelector("reckon-chat").setAttribute("device", device), "cpu");
    await askElement(page, "What is 70% of 500?");
    assert.deepEqual([await names(page), page.said], [ANSWERED, []]);
    await page.locator("reckon-chat").screenshot({ path: join(SHOTS, "example-plain-answer.png") });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: join(SHOTS, "example-plain-dark.png"), fullPage: true });
    await page.setViewportSize(NARROW);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= NARROW.width, `nothing is wider than the screen: ${width}`);
    await page.screenshot({ path: join(SHOTS, "example-plain-narrow.png"), fullPage: true });
    await page.close();
  }));

/** `RECKON_MDBOOK`, or the one on the path. */
function mdbook() {
  const program = process.env.RECKON_MDBOOK ?? "mdbook";
  try {
    console.log(execFileSync(program, ["--version"], { encoding: "utf8" }).trim());
    return program;
  } catch {
    return undefined;
  }
}

test("the mdBook of the examples is built, and answers in the size and the colours of its theme", async () => {
  const program = mdbook();
  if (program === undefined) {
    console.log("NOT RUN: the mdBook example: no mdbook is installed; `cargo install mdbook`, or name one in RECKON_MDBOOK");
    return;
  }
  const book = mkdtempSync(join(tmpdir(), "reckon-book-"));
  try {
    cpSync(join(EXAMPLES, "mdbook"), book, { recursive: true });
    cpSync(PACKAGE, join(book, "src/reckon"), { recursive: true });
    execFileSync(program, ["build", book], { stdio: ["ignore", "ignore", "inherit"] });
    await withOrigins([{ folders: { "/": join(book, "book/") } }], async (site) => {
      const page = await openElement(browser, `${site.url}/percentages.html`);
      await page.getByText("The first question loads").waitFor();
      const sizes = await page.evaluate(() => {
        const frame = document.querySelector("reckon-chat").shadowRoot.querySelector(".frame");
        const line = frame.appendChild(Object.assign(document.createElement("div"), { textContent: "Text" }));
        const height = line.getBoundingClientRect().height;
        line.remove();
        return { rem: Number.parseFloat(getComputedStyle(document.documentElement).fontSize), height };
      });
      assert.equal(sizes.rem, 10, "mdBook makes 1rem of 10 pixels");
      assert.ok(sizes.height > 22, `a line of 16 pixels is about 25 high, and this is ${sizes.height}`);
      await askElement(page, "What is 25% of 80?");
      assert.deepEqual((await names(page)).filter((name) => name !== "progress"), ["ask", "load", "answer"]);
      await page.screenshot({ path: join(SHOTS, "example-mdbook.png") });
      await page.evaluate(() => localStorage.setItem("mdbook-theme", "coal"));
      await page.reload();
      await page.getByText("The first question loads").waitFor();
      const paper = await page.evaluate(() => getComputedStyle(document.querySelector("reckon-chat").shadowRoot.querySelector(".frame")).backgroundColor);
      assert.ok(Math.max(...paper.match(/\d+/g)) < 80, `a dark theme has a dark element: ${paper}`);
      await page.screenshot({ path: join(SHOTS, "example-mdbook-coal.png") });
      await page.close();
    });
  } finally {
    rmSync(book, { recursive: true, force: true });
  }
});
