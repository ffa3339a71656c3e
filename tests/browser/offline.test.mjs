// The app with the network off: what was loaded works, from any folder; a new build takes over without mixing with the old.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium, withModel } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const WEB = fileURLToPath(new URL("../../web/", import.meta.url));
const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const QUESTION = "What is 47 × 6?";
const NEW_TITLE = "Reckon, the next build";
/** Of the icons the manifest must name, after what browsers ask for. */
const ICON_SIZES = ["192x192", "512x512"];

const home = mkdtempSync(join(tmpdir(), "reckon-offline-"));
const [app, next] = [join(home, "app"), join(home, "next")];
let browser;

before(async () => {
  browser = await openChromium({ keepsApp: true });
  mkdirSync(SHOTS, { recursive: true });
  cpSync(join(WEB, "dist"), app, { recursive: true, filter: (path) => !/\/models$|reckon\.html$/.test(path) });
  await buildNext();
  [app, next].forEach(putModel);
});

after(async () => {
  await browser?.close();
  rmSync(home, { recursive: true, force: true });
});

/** The app once more, with another title and another script. */
async function buildNext() {
  const { build } = await import(new URL("../../web/node_modules/vite/dist/node/index.js", import.meta.url));
  const changed = {
    name: "changed",
    enforce: "pre",
    transform: (code, id) => (/prose\/prose\.ts$/.test(id) ? `${code}\nperformance.mark("the next build");` : undefined),
    transformIndexHtml: (page) => page.replace(/<title>.*<\/title>/, `<title>${NEW_TITLE}</title>`),
  };
  await build({ root: WEB, configFile: join(WEB, "vite.config.ts"), logLevel: "error", plugins: [changed], build: { outDir: next } });
}

/** The embedded model beside the app, as `cargo xtask web` puts it there: its name ends in its hash. */
function putModel(folder) {
  const card = JSON.parse(readFileSync(join(WEB, "embedded/default.json"), "utf8"));
  const bytes = readFileSync(join(WEB, "embedded", card.file));
  const file = card.file.replace(".gguf", `-${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}.gguf`);
  mkdirSync(join(folder, "models"), { recursive: true });
  writeFileSync(join(folder, "models", file), bytes);
  writeFileSync(join(folder, "models/default.json"), JSON.stringify({ ...card, file, size_bytes: bytes.length }));
}

/** A server for one test: an origin of its own, of which the browser has kept nothing. */
async function open(t, options = {}) {
  const site = await openSite({ app, ...options });
  t.after(async () => {
    await site.close();
    await browser.context.setOffline(false);
  });
  return site;
}

/** A page of the app once its build is kept. */
async function openKept(address) {
  const page = await browser.page(address);
  await withModel(page, () => navigator.serviceWorker.ready.then(() => undefined));
  return page;
}

/** Asks, and tells the turn once it has ended. */
async function ask(page) {
  const box = page.getByRole("textbox", { name: "Your question" });
  await box.fill(QUESTION);
  await box.press("Enter");
  await page.waitForFunction(() => document.querySelector("reckon-app").turns.at(-1)?.isRunning === false);
  return page.evaluate(() => {
    const { answer, thinking, reason } = document.querySelector("reckon-app").turns.at(-1);
    return { answer, thinking, reason };
  });
}

/** Whether a formula stands in the last answer, drawn, and the fonts for it came. */
async function hasFormula(page) {
  await page.locator("reckon-answer .katex").last().waitFor();
  return page.evaluate(async () => {
    await document.fonts.ready;
    const drawn = [...document.fonts].filter(({ family }) => family.startsWith("KaTeX"));
    return drawn.some(({ status }) => status === "loaded") && drawn.every(({ status }) => status !== "error");
  });
}

const cacheNames = (page) => page.evaluate(() => caches.keys());

/** Nothing is kept but one build, soon. */
async function oneKept(page) {
  for (let tries = 0; tries < 100 && (await cacheNames(page)).length !== 1; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal((await cacheNames(page)).length, 1, "what the old build kept is gone");
}

for (const under of ["/", "/a/b/"]) {
  test(`from ${under} the app opens and answers with mathematics where there is no network and no server`, async (t) => {
    const site = await open(t, { under });
    const page = await openKept(`${site.url}/`);
    assert.deepEqual(site.requests.filter(({ path }) => !path.startsWith(under)), [], "nothing outside the folder is asked for");
    await browser.context.setOffline(true);
    await site.close();
    // From the browser's own files, and where these keep nothing, from what the service worker keeps.
    for (const query of ["", "?keep=no"]) {
      await page.goto(`${site.url}/${query}`);
      await withModel(page, () => undefined);
      const turn = await ask(page);
      console.log(`${query}: ${turn.answer}`);
      assert.ok(turn.reason === "stop" && turn.answer !== "" && turn.thinking !== "", JSON.stringify(turn));
      assert.ok(await hasFormula(page), "the fonts of mathematics are there");
    }
    await page.screenshot({ path: join(SHOTS, `offline${under.replaceAll("/", "-")}.png`) });
    assert.deepEqual(page.said, []);
  });
}

test("another site's model opens without network once it was loaded, and its ranges are its own", async (t) => {
  const site = await open(t);
  const other = await open(t);
  other.manner = "other-origin";
  await openKept(`${site.url}/`);
  const page = await browser.page(`${site.url}/?model=${other.url}/golden/tiny_text/model.gguf&device=cpu&max_tokens=4`);
  await withModel(page, () => undefined);
  assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null));
  assert.ok(other.requests.some(({ range }) => range?.startsWith("bytes=0-")), JSON.stringify(other.requests));
  await browser.context.setOffline(true);
  await Promise.all([site.close(), other.close()]);
  await page.reload();
  await withModel(page, () => undefined);
  assert.ok((await ask(page)).reason);
});

test("a new build waits for the old one's pages, which go on working; the next visit has it", async (t) => {
  const site = await open(t);
  const old = await openKept(`${site.url}/`);
  const [first] = await cacheNames(old);
  site.app = next;
  await old.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await old.getByText("A new version is ready").waitFor();
  await old.screenshot({ path: join(SHOTS, "new-version.png") });
  const script = await old.evaluate(() => performance.getEntriesByType("resource").find(({ name }) => /\/prose-/.test(name))?.name);
  assert.equal(await old.evaluate((script) => fetch(script).then(({ status }) => status), script), 200, "what the server has no more");
  assert.equal((await ask(old)).reason, "stop");
  await old.reload();
  assert.notEqual(await old.title(), NEW_TITLE, "a reload alone is the same visit");
  await old.close();
  // The browser lets the new one take over once it has seen the last page go.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const page = await browser.page(`${site.url}/`);
  assert.equal(await page.title(), NEW_TITLE);
  await oneKept(page);
  assert.notDeepEqual(await cacheNames(page), [first], "what is left is the new build's");
});

test("a visitor who says so has the new build at once, and another tab keeps the old one until it is closed", async (t) => {
  const site = await open(t);
  const [other, page] = [await openKept(`${site.url}/`), await openKept(`${site.url}/`)];
  const script = await other.evaluate(() => performance.getEntriesByType("resource").find(({ name }) => /\/prose-/.test(name))?.name);
  site.app = next;
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await page.getByRole("button", { name: "reload" }).click();
  await page.waitForFunction((title) => document.title === title, NEW_TITLE);
  await withModel(page, () => undefined);
  assert.equal(await other.evaluate((script) => fetch(script).then(({ status }) => status), script), 200);
  assert.equal((await ask(other)).reason, "stop");
  assert.equal((await cacheNames(other)).length, 2);
  await other.close();
  await page.reload();
  await oneKept(page);
  assert.equal(await page.title(), NEW_TITLE);
});

test("a server that has one build's service worker and another's page is not believed: nothing is kept", async (t) => {
  const mixed = join(home, "mixed");
  cpSync(next, mixed, { recursive: true });
  cpSync(join(app, "service_worker.js"), join(mixed, "service_worker.js"));
  cpSync(join(app, "assets"), join(mixed, "assets"), { recursive: true });
  const site = await open(t, { app: mixed });
  const page = await browser.page(`${site.url}/`);
  const state = await withModel(page, async () => {
    const registration = await navigator.serviceWorker.register("service_worker.js");
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    while (worker.state === "installing") {
      await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
    }
    return worker.state;
  });
  assert.equal(state, "redundant");
});

test("the app can be installed, with icons as they are said to be", async (t) => {
  const site = await open(t, { under: "/a/b/" });
  const page = await openKept(`${site.url}/`);
  const session = await browser.context.newCDPSession(page);
  const { errors, data } = await session.send("Page.getAppManifest");
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  assert.deepEqual([errors, installabilityErrors], [[], []]);
  const { icons, start_url, scope } = JSON.parse(data);
  assert.deepEqual([start_url, scope], ["./", "./"]);
  const pictures = icons.filter(({ type }) => type === "image/png");
  assert.deepEqual([...new Set(pictures.map(({ sizes }) => sizes))], ICON_SIZES);
  assert.ok(pictures.some(({ purpose }) => purpose === "maskable"));
  for (const { src, sizes } of pictures) {
    const picture = readFileSync(join(app, src));
    assert.equal(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`, sizes, src);
  }
});

test("where service workers are refused the app works all the same, and says nothing of it", async (t) => {
  const site = await open(t);
  const refuse = () => {
    const refused = () => { throw new DOMException("refused", "SecurityError"); };
    if (location.search === "?asking") {
      Object.defineProperty(Navigator.prototype, "serviceWorker", { get: refused });
    } else {
      ServiceWorkerContainer.prototype.register = async () => refused();
    }
  };
  for (const query of ["?asking", "?registering"]) {
    const page = await browser.page("about:blank");
    await page.addInitScript(refuse);
    await page.goto(`${site.url}/${query}`);
    await withModel(page, () => undefined);
    assert.equal((await ask(page)).reason, "stop");
    assert.deepEqual(page.said, []);
  }
});
