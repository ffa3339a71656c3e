// The pictures of the README, of the real thing: `node tests/browser/pictures.mjs` after `cargo xtask web`.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ask, ended, openChat } from "./chat.mjs";
import { openChromium, WITHOUT_WEBGPU } from "./chromium.mjs";
import { askElement, openElement, PACKAGE } from "./element_page.mjs";
import { openOrigin } from "./origin.mjs";
import { openSite } from "./site.mjs";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** The model whose answers are shown, where `cargo xtask fetch` has brought it. */
const EXAMINED = "SmolLM2-135M-Instruct.Q4_1.gguf";
const shot = (shown, name) => shown.screenshot({ path: join(at("docs"), `${name}.png`), animations: "disabled" });

const site = await openSite();
const docs = await openOrigin({ folders: { "/": at("web/examples/plain"), "/reckon/": PACKAGE } });
const browser = await openChromium({ adapter: WITHOUT_WEBGPU, viewport: { width: 1000, height: 700 } });
try {
  const page = await openChat(browser, site);
  await ask(page, "A mug costs $12. Tom buys 7 mugs and pays with $100. How much is left?");
  await ended(page, 1);
  await page.locator("reckon-turn summary").click();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(500);
  await shot(page, "page");
  const element = await openElement(browser, `${docs.url}/`);
  await element.evaluate(() => document.querySelector("reckon-chat").setAttribute("device", "cpu"));
  await askElement(element, "What is 70% of 500?");
  await element.locator("reckon-chat").scrollIntoViewIfNeeded();
  await element.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await element.waitForTimeout(500);
  await shot(element, "element");
  if (existsSync(at(`.models/${EXAMINED}`))) {
    await shot(await examined(), "evaluation");
  }
} finally {
  await browser.close();
  await docs.close();
  await site.close();
}

/** The page that asks suites, once it has asked its sample. */
async function examined() {
  const page = await browser.page(`${site.url}/eval.html?model=models/${EXAMINED}&device=cpu&keep=no`);
  await page.setViewportSize({ width: 1100, height: 2600 });
  await page.getByText(/^12 problems, a sample/).waitFor();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("Done.").waitFor({ timeout: 1_200_000 });
  await page.locator("table.answers .opener").first().click();
  return page.locator("main");
}
