// The app in one file, opened from a disk: it answers without network, storage or server, and says what a browser refuses.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { newProfile, noteViolations, openChromium, removeProfile, withModel } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const BUILT = fileURLToPath(new URL("../../web/dist/reckon.html", import.meta.url));
const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const MOST_BYTES = 12e6;
const QUESTION = "What is 47 × 6?";
const POLICY = [
  /^default-src 'none'$/,
  /^script-src 'sha256-[\w+/]{43}=' 'wasm-unsafe-eval'$/,
  /^worker-src blob:$/,
  /^style-src 'sha256-[\w+/]{43}='$/,
  /^img-src data:$/,
  /^font-src data:$/,
  /^connect-src https: http:\/\/localhost:\* http:\/\/127\.0\.0\.1:\*$/,
  /^base-uri 'none'$/,
  /^form-action 'none'$/,
];
/** What a browser writes into its settings where a visitor lets no site keep anything. */
const NOTHING_KEPT = { profile: { default_content_setting_values: { cookies: 2 } } };

// A folder of its own: nothing stands beside the file that could be read in its place.
const home = mkdtempSync(join(tmpdir(), "reckon-single-"));
const file = join(home, "reckon.html");
const address = pathToFileURL(file).href;
let browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  copyFileSync(BUILT, file);
  browser = await openShut();
});

after(async () => {
  await browser?.close();
  rmSync(home, { recursive: true, force: true });
});

/** Chromium without network; `browser.asked` are the addresses that are asked for all the same. */
async function openShut(options = {}) {
  const browser = await openChromium({ keepsApp: true, ...options });
  browser.asked = [];
  browser.context.on("request", (request) => browser.asked.push(request.url()));
  await noteViolations(browser.context);
  await browser.context.setOffline(true);
  return browser;
}

/** Asks, and tells the turn once it has ended. */
async function ask(frame) {
  const box = frame.getByRole("textbox", { name: "Your question" });
  await box.fill(QUESTION);
  await box.press("Enter");
  await frame.waitForFunction(() => document.querySelector("reckon-app").turns.at(-1)?.isRunning === false);
  return frame.evaluate(() => {
    const { answer, thinking, reason } = document.querySelector("reckon-app").turns.at(-1);
    return { answer, thinking, reason };
  });
}

/** An answer came, with its formulas drawn in their own fonts. */
async function answers(frame) {
  const turn = await ask(frame);
  assert.ok(turn.reason === "stop" && turn.answer !== "" && turn.thinking !== "", JSON.stringify(turn));
  await frame.locator("reckon-answer .katex").last().waitFor();
  const fonts = await frame.evaluate(async () => {
    await document.fonts.ready;
    return [...document.fonts].map(({ status }) => status);
  });
  assert.ok(fonts.includes("loaded") && !fonts.includes("error"), fonts.join());
  return turn;
}

/** When the first token of the first answer came, in milliseconds after the page was opened. */
async function firstToken(page) {
  const isThere = () => document.querySelector("reckon-app")?.turns?.[0]?.tokens.length > 0 && performance.now();
  const came = await page.waitForFunction(isThere, undefined, { polling: "raf", timeout: 60_000 });
  return came.jsonValue();
}

test("the file holds everything, in no more than 12 MB, under a policy that lets nothing else run", () => {
  const { size } = statSync(file);
  console.log(`reckon.html: ${size} bytes`);
  assert.ok(size <= MOST_BYTES, `${size} bytes`);
  const page = readFileSync(file, "utf8");
  const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page);
  const directives = policy.split("; ");
  assert.equal(directives.length, POLICY.length, policy);
  directives.forEach((directive, i) => assert.match(directive, POLICY[i]));
  const head = page.slice(0, page.indexOf("</head>"));
  assert.doesNotMatch(head, /(?:src|href)="(?!data:)/, "nothing beside the file is named");
});

test("from a disk, with the network off, it answers with mathematics", async () => {
  const page = await browser.page(`${address}?ask=${encodeURIComponent(QUESTION)}`);
  console.log(`first token ${Math.round(await firstToken(page))} ms after the file was opened`);
  await withModel(page, () => undefined);
  await page.waitForFunction(() => document.querySelector("reckon-app").turns[0]?.isRunning === false);
  const turn = await answers(page);
  console.log(turn.answer);
  await page.screenshot({ path: join(SHOTS, "single-file.png") });
  assert.deepEqual([await page.evaluate(() => violations), page.said], [[], []]);
  const strange = browser.asked.filter((asked) => !asked.startsWith(address) && !/^(?:data|blob):/.test(asked));
  assert.deepEqual(strange, []);
  await page.getByRole("button", { name: "change" }).click();
  await page.getByRole("button", { name: /back/i }).waitFor();
  assert.deepEqual(page.said, [], "what is kept on the device is asked for in vain, or not at all");
});

test("a browser that keeps nothing for it has the same answer", async (t) => {
  const profile = newProfile();
  mkdirSync(join(profile, "Default"));
  writeFileSync(join(profile, "Default/Preferences"), JSON.stringify(NOTHING_KEPT));
  const denied = await openShut({ profile });
  t.after(async () => {
    await denied.close();
    removeProfile(profile);
  });
  const page = await denied.page(address);
  await withModel(page, () => undefined);
  const refused = await page.evaluate(() => {
    try {
      return localStorage.length;
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(refused, "SecurityError");
  await answers(page);
  assert.deepEqual(page.said, []);
});

test("shut off in a frame it has the same answer", async () => {
  writeFileSync(join(home, "frame.html"), '<!doctype html><iframe sandbox="allow-scripts" src="reckon.html" width="900" height="700"></iframe>');
  const page = await browser.page(pathToFileURL(join(home, "frame.html")).href);
  const frame = page.frames().find((frame) => frame.url() === address);
  await frame.waitForFunction(() => document.querySelector("reckon-app")?.model);
  await answers(frame);
  await page.screenshot({ path: join(SHOTS, "single-file-in-frame.png") });
  assert.deepEqual(page.said, []);
});

for (const [what, deny] of Object.entries({
  "starts no worker": () => (globalThis.Worker = class { constructor() { throw new DOMException("no", "SecurityError"); } }),
  "has no WebAssembly": () => delete globalThis.WebAssembly,
})) {
  test(`a browser that ${what} is told why nothing answers, and what to do`, async () => {
    const page = await browser.page("about:blank");
    await page.addInitScript(deny);
    await page.goto(address);
    const words = await page.getByRole("alert").innerText();
    console.log(words);
    assert.match(words, /this browser starts no worker, or runs no WebAssembly, for this file \(.+\); open the file in Chrome/i);
    await page.screenshot({ path: join(SHOTS, `single-file-${what.replaceAll(" ", "-")}.png`) });
  });
}

test("a model that lies beside the file is not read, and that is said", async () => {
  const page = await browser.page(`${address}?model=model.gguf`);
  const words = await page.getByRole("alert").innerText();
  console.log(words);
  assert.match(words, /^a page may not read file:\/\/\S*\/model\.gguf by its address; choose the file, or drop it on the page$/i);
});

test("with a network, a model of another site is answered with, and that it is not kept is said", async (t) => {
  const site = await openSite();
  site.manner = "other-origin";
  await browser.context.setOffline(false);
  t.after(async () => {
    await browser.context.setOffline(true);
    await site.close();
  });
  const page = await browser.page(`${address}?model=${site.url}/golden/tiny_text/model.gguf&device=cpu&max_tokens=4`);
  const notes = await withModel(page, () => document.querySelector("reckon-app").model.description.notes);
  console.log(notes);
  assert.match(notes.join("\n"), /^not kept for the next visit: /m);
  assert.ok((await ask(page)).reason);
  assert.deepEqual(await page.evaluate(() => violations), []);
});
