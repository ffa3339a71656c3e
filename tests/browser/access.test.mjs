// What everybody can use: no violation that axe finds, in any state and in both themes; and what a visitor chooses: models
// with what they take, presets with their prompts, light and dark.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium, withModel } from "./chromium.mjs";
import { openHub, REPO, TOKEN } from "./hub.mjs";
import { openSite } from "./site.mjs";

const WEB = new URL("../../web/", import.meta.url);
const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", WEB), "utf8");
const NOTHING = "?model=golden/nothing.gguf&device=cpu";
/** An answer with everything that answers have. */
const ANSWER = [
  "Let $x = \\frac{1}{2}$, then **twice** [that](https://example.com/) is `1`:",
  "```python\ndef twice(x: float) -> float:\n    \"\"\"Two of it.\"\"\"\n    return 2 * x  # at once\n```",
  "| x | twice |\n|---|---|\n| 1 | 2 |\n| 21 | 42 |",
  "> 1. so it is\n> 2. and on",
  "$$\\boxed{42}$$",
].join("\n\n");

let site, hub, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  site = await openSite();
  hub = await openHub();
  browser = await openChromium();
});

after(async () => {
  await browser?.close();
  await site?.close();
  await hub?.close();
});

/** Holds a page to what axe knows; two pictures of it are taken, wide and narrow. */
async function accessible(page, name) {
  for (const [width, height] of [[1400, 900], [400, 800]]) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: join(SHOTS, `${name}-${width}.png`) });
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.ok(!isWide, `${name} scrolls sideways at ${width} px`);
  }
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target.flat()} ${any[0]?.message ?? ""}`).join("; ")}`);
  });
  assert.deepEqual(found, [], name);
}

/** A page whose device has so much memory. */
async function openWith(memory, query) {
  const page = await browser.context.newPage();
  await page.addInitScript((memory) => Object.defineProperty(Navigator.prototype, "deviceMemory", { get: () => memory }), memory);
  await page.goto(`${site.url}/${query}`);
  return page;
}

const card = (page, name) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

test("the doorway, the gate, a plan and a load are accessible", async () => {
  const page = await browser.page(`${site.url}/?repo=${REPO}&host=${hub.url}&keep=no&device=cpu&dtype=f32`);
  await page.getByLabel("Token for").waitFor();
  await accessible(page, "gate");
  await page.getByLabel("Token for").fill(TOKEN);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByRole("button", { name: "Load" }).waitFor();
  await accessible(page, "plan");
  hub.pause_ms = 400;
  await page.getByRole("button", { name: "Load" }).click();
  await page.getByRole("progressbar").waitFor();
  await accessible(page, "loading");
  await page.getByRole("button", { name: "Stop" }).click();
  hub.mend();
  await page.close();
});

for (const scheme of ["light", "dark"]) {
  test(`the doorway, a conversation and the settings are accessible, ${scheme}`, async () => {
    const page = await openWith(8, NOTHING);
    await page.emulateMedia({ colorScheme: scheme });
    await card(page, "MobileLLM-R1 950M").getByText("It should fit").waitFor();
    await accessible(page, `doorway-${scheme}`);
    await page.goto(`${site.url}/?keep=no&device=cpu&temperature=0`);
    await withModel(page, () => undefined);
    await page.getByRole("textbox", { name: "Your question" }).fill("What is 24 × 17?");
    await page.getByRole("textbox", { name: "Your question" }).press("Enter");
    await page.waitForFunction(() => document.querySelector("reckon-app").turns.at(-1)?.isRunning === false);
    await page.evaluate(async (text) => {
      const turns = document.querySelector("reckon-app").shadowRoot.querySelectorAll("reckon-turn");
      const answer = turns[turns.length - 1].renderRoot.querySelector("reckon-answer");
      answer.text = text;
      await answer.updateComplete;
      while (!answer.renderRoot.querySelector(".hljs-keyword")) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }, ANSWER);
    await accessible(page, `conversation-${scheme}`);
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("Mathematics", { exact: true }).waitFor();
    await accessible(page, `settings-${scheme}`);
    await page.close();
  });
}

test("models to choose from tell what they take, how they score and whether they fit, and nothing of them is fetched", async () => {
  const strange = [];
  browser.context.on("request", (request) => request.url().startsWith(site.url) || strange.push(request.url()));
  const roomy = await openWith(8, NOTHING);
  const large = card(roomy, "MobileLLM-R1 950M");
  await large.getByText("It should fit: this device has 8 GB of memory or more.").waitFor();
  const words = (await large.innerText()).replaceAll(/\s+/g, " ");
  assert.match(words, /facebook\/MobileLLM-R1-950M · FAIR Noncommercial Research License · gated/);
  assert.match(words, /Download 3\.8 GB Memory 725 MB MATH500 74\.0 % GSM8K 67\.5 %/);
  assert.match(words, /587 MB of weights as q6 and q4, 138 MB for 4,096 positions/);
  for (const [dtype, said] of [["q4", "534 MB of weights as q4"], ["q8", "1.0 GB of weights as q8"], ["f32", "3.8 GB of weights as f32, 277 MB"]]) {
    await large.getByRole("combobox").selectOption(dtype);
    await large.getByText(said).waitFor();
  }
  await card(roomy, "MobileLLM-R1 140M").getByText("149 MB of weights as q8, 47.2 MB for 4,096 positions").waitFor();
  await card(roomy, "MobileLLM-R1 360M").getByText("382 MB of weights as q8, 62.9 MB for 4,096 positions").waitFor();
  await roomy.close();
  const small = await openWith(0.5, NOTHING);
  await card(small, "MobileLLM-R1 950M").getByText("It does not fit: the model needs 725 MB of memory").waitFor();
  assert.ok(await small.getByRole("button", { name: "Open: MobileLLM-R1 950M" }).isDisabled());
  assert.ok(await small.getByRole("button", { name: "Open: MobileLLM-R1 140M" }).isEnabled());
  assert.deepEqual(strange, []);
  await browser.context.route("https://huggingface.co/**", (route) => route.fulfill({ status: 401, body: "no" }));
  await small.getByRole("button", { name: "Open: MobileLLM-R1 140M" }).click();
  await small.getByLabel("Token for huggingface.co").waitFor();
  assert.ok(strange.every((address) => address.startsWith("https://huggingface.co/facebook/MobileLLM-R1-140M/")), strange.join());
  await browser.context.unroute("https://huggingface.co/**");
  await small.close();
});

test("a model that is chosen in a dtype is opened in it, and the one that comes with the app as its card says", async () => {
  const page = await openWith(8, `${NOTHING}&keep=no`);
  await page.getByRole("button", { name: /^Open: Reckon/ }).click();
  await withModel(page, () => undefined);
  await page.getByRole("list", { name: "Examples" }).waitFor();
  const load = await page.evaluate(async () => {
    const doorway = document.createElement("reckon-doorway");
    document.body.append(doorway);
    const chosen = new Promise((resolve) => doorway.addEventListener("enter", ({ given }) => resolve(given)));
    await customElements.whenDefined("reckon-chooser");
    const chooser = doorway.renderRoot.querySelector("reckon-chooser");
    await chooser.updateComplete;
    const [select] = chooser.renderRoot.querySelectorAll("select");
    select.value = "q8";
    select.dispatchEvent(new Event("change"));
    await chooser.updateComplete;
    chooser.renderRoot.querySelector("button[aria-label$='950M']").click();
    return chosen;
  });
  assert.deepEqual(load, { source: { hub: { repo: "facebook/MobileLLM-R1-950M" } }, name: "MobileLLM-R1-950M", load: { dtype: "q8" } });
  await page.close();
});

test("a preset sets the prompt its authors publish and the paper's sampling; the address wins, and what is set is kept", async () => {
  const open = async (query) => {
    const page = await browser.page(`${site.url}/?keep=no&device=cpu${query}`);
    await withModel(page, () => undefined);
    await page.getByRole("button", { name: "Settings" }).click();
    return page;
  };
  const wishes = (page) => page.evaluate(() => {
    const { sampling, maxTokens, system } = document.querySelector("reckon-app").stage.conversation.wishes;
    return { sampling, maxTokens, system };
  });
  const page = await open("");
  const card = { sampling: { temperature: 0 }, maxTokens: 1024, system: undefined };
  assert.deepEqual(await wishes(page), card);
  await page.getByText("Mathematics", { exact: true }).click();
  const paper = { temperature: 0.6, top_p: 0.95 };
  assert.deepEqual(await wishes(page), { sampling: paper, maxTokens: 1024, system: "Please reason step by step, and put your final answer within \\boxed{}." });
  await page.getByText("was not trained with it and may answer worse").waitFor();
  await page.getByText("C++", { exact: true }).click();
  assert.match((await wishes(page)).system, /^\nYou are a helpful and harmless assistant\.[^]*Please use c\+\+ programming language only\.\nYou must use ```cpp for just[^]*```cpp\n# Your code here\n```\n$/);
  await page.getByText("Science", { exact: true }).click();
  assert.deepEqual(await wishes(page), { sampling: paper, maxTokens: 1024, system: undefined });
  await page.getByLabel("Top-k").fill("40");
  await page.getByLabel("Top-k").press("Tab");
  assert.deepEqual((await wishes(page)).sampling, { ...paper, top_k: 40 });
  await page.close();
  const again = await open("&temperature=0.1");
  assert.deepEqual((await wishes(again)).sampling, { temperature: 0.1, top_p: 0.95, top_k: 40 });
  assert.ok(await again.getByLabel("Temperature").isDisabled());
  await again.getByRole("button", { name: "Reset all" }).click();
  assert.deepEqual((await wishes(again)).sampling, { temperature: 0.1 });
  await again.evaluate(() => localStorage.clear());
  await again.close();
});

test("light and dark are as the system has them until a visitor chooses, and stay as chosen", async () => {
  const page = await browser.page(`${site.url}/?keep=no&device=cpu`);
  await withModel(page, () => undefined);
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const [light, dark] = ["rgb(247, 245, 240)", "rgb(21, 22, 20)"];
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await paper(), light);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.equal(await paper(), dark);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByText("Light", { exact: true }).click();
  assert.equal(await paper(), light);
  await page.reload();
  await withModel(page, () => undefined);
  assert.equal(await paper(), light);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByText("System", { exact: true }).click();
  assert.deepEqual([await paper(), await page.evaluate(() => JSON.stringify(localStorage))], [dark, "{}"]);
  await page.close();
});
