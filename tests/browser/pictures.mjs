// The pictures of the README, of the real thing: `node tests/browser/pictures.mjs` after `cargo xtask web`.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ask, ended, openChat } from "./chat.mjs";
import { openChromium, WITHOUT_WEBGPU } from "./chromium.mjs";
import { askElement, openElement, PACKAGE } from "./element_page.mjs";
import { openOrigin } from "./origin.mjs";
import { openSite } from "./site.mjs";

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const shot = (page, name) => page.screenshot({ path: join(at("docs"), `${name}.png`), animations: "disabled" });

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
} finally {
  await browser.close();
  await docs.close();
  await site.close();
}
