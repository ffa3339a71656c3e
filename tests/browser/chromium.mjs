// A browser of its own for a file of tests, with the software adapter: the same everywhere.

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { chromium } = createRequire(new URL("../../web/package.json", import.meta.url))("playwright-core");

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Flags of a browser that has none. */
export const WITHOUT_WEBGPU = ["--disable-gpu", "--disable-features=WebGPUService"];
const SOFTWARE_ADAPTER = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** A profile of its own for a browser. */
export const newProfile = () => mkdtempSync(join(tmpdir(), "reckon-chromium-"));

/**
 * Opens Chromium; `RECKON_CHROMIUM` names it. `adapter` are the flags that decide who computes. The folder of its profile
 * stands in the command line of its processes; a `profile` that was given is there for another launch afterwards. Only
 * where it `keepsApp` has it service workers: what one keeps, a test cannot put anything in the place of.
 */
export async function openChromium({ adapter = SOFTWARE_ADAPTER, profile: given, keepsApp = false, ...options } = {}) {
  const profile = given ?? newProfile();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.RECKON_CHROMIUM ?? "/usr/bin/chromium",
    headless: false,
    args: [...FLAGS, ...adapter],
    ignoreDefaultArgs: ["--enable-automation"],
    viewport: { width: 1100, height: 800 },
    ...options,
  });
  if (!keepsApp) {
    await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined }));
  }
  return {
    context,
    profile,
    /** A page at `address`; what it says on its console is kept in `page.said`. */
    async page(address) {
      const page = await context.newPage();
      page.said = [];
      page.on("console", (message) => page.said.push(`${message.type()}: ${message.text()}`));
      page.on("pageerror", (error) => page.said.push(`error: ${error.message}`));
      await page.goto(address);
      return page;
    },
    async close() {
      await context.close();
      if (given === undefined) {
        removeProfile(profile);
      }
    },
  };
}

export function removeProfile(profile) {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

/** Every page notes in `violations` what its own policy kept it from: the directive, and what was blocked. */
export function noteViolations(context) {
  return context.addInitScript(() => {
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => violations.push(`${effectiveDirective} ${blockedURI}`));
  });
}

/** Runs `ask` on the page's app element once it has a model, or rejects with the page's own words. */
export async function withModel(page, ask, argument) {
  const state = await page.waitForFunction(() => {
    const app = document.querySelector("reckon-app");
    const fault = app?.shadowRoot?.querySelector("reckon-doorway")?.fault;
    return app?.model ? "model" : fault && `fault: ${fault}`;
  }, undefined, { timeout: 120_000 });
  const words = await state.jsonValue();
  if (words !== "model") {
    throw new Error(`${words}\n${page.said.join("\n")}`);
  }
  return page.evaluate(ask, argument);
}
