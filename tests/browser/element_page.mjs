// Pages with <reckon-chat>, and what they say.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
/** What a site puts on its server: the scripts, and the embedded model in models/. */
export const PACKAGE = fileURLToPath(new URL("../../web/package/", import.meta.url));
/** What is known of the embedded model. */
export const EMBEDDED = JSON.parse(readFileSync(new URL("../../web/embedded/default.json", import.meta.url)));
export const [QUESTION] = EMBEDDED.examples;
/** Everything on the page's own origin. */
export const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; font-src 'self'; img-src data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'";

/** A page with the element; `code` is where the script's folder lies. */
export function elementPage({ body = '<reckon-chat device="cpu"></reckon-chat>', code = "/reckon", head = "" } = {}) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>A page</title>
    <link rel="icon" href="data:," />
    ${head}
    <script type="module" src="${code}/reckon-chat.js"></script>
  </head>
  <body>
    <main>
      <h1>A page</h1>
      <p>It has some text.</p>
      ${body}
    </main>
  </body>
</html>
`;
}

/** Opens a page and keeps what the element tells, and what a policy forbids, in `page.told`. */
export async function openElement(browser, address) {
  const page = await browser.page("about:blank");
  await page.addInitScript(() => {
    globalThis.told = [];
    for (const name of ["ask", "progress", "load", "answer", "error"]) {
      addEventListener(`reckon-${name}`, ({ detail }) => told.push({ name, detail }));
    }
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      told.push({ name: "violation", detail: `${violatedDirective} ${blockedURI}` });
    });
  });
  await page.goto(address);
  return page;
}

/** Asks as a reader does; resolves with what the element told of the answer. `within` is a page, a frame or an element. */
export async function askElement(within, question, seen = 0) {
  const box = within.getByRole("textbox", { name: "Your question" });
  await box.fill(question);
  await box.press("Enter");
  return answered(box, seen);
}

/** What the element told of the answer after so many others. */
export async function answered(box, seen = 0) {
  const told = await box.evaluate(async (_, seen) => {
    const ended = () => told.filter(({ name }) => name === "answer" || name === "error")[seen];
    while (!ended()) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return ended();
  }, seen);
  if (told.name === "error") {
    throw new Error(told.detail.message);
  }
  return told.detail;
}

/** Names of what the page was told, each once, in order. */
export async function names(within) {
  const told = await within.evaluate(() => globalThis.told.map(({ name, detail }) => (name === "violation" ? detail : name)));
  return [...new Set(told)];
}
