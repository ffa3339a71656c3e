// The npm package as a site has it: packed, installed, bundled by Vite or not at all, from static files.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const HOME = fileURLToPath(new URL("../../", import.meta.url));
const WEB = join(HOME, "web");
const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
/** What is asked of who uses the package, beside HTML. */
const MOST_LINES = 10;

let work, tarball, files, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  work = mkdtempSync(join(tmpdir(), "reckon-package-"));
  const packed = run("npm", ["pack", join(WEB, "package"), "--json", "--pack-destination", work], work);
  const [{ filename, files: found }] = JSON.parse(packed);
  tarball = join(work, filename);
  files = found.map(({ path }) => path);
  browser = await openChromium();
});

after(async () => {
  await browser?.close();
  rmSync(work, { recursive: true, force: true });
});

function run(program, words, cwd) {
  return execFileSync(program, words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
}

/** An example in a folder of its own, with the package installed as anyone installs it. */
function installed(example) {
  const folder = join(work, example);
  cpSync(join(WEB, "examples", example), folder, { recursive: true });
  // Where there is no manifest npm would look for one above.
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  run("npm", ["install", tarball, "--offline", "--no-audit", "--no-fund", "--no-package-lock"], folder);
  return folder;
}

/** What a page of those files answers; it asks no other host for anything, and says nothing on its console. */
async function answered(folder, example) {
  const site = await openSite({ folders: { here: folder } });
  try {
    const strange = [];
    browser.context.on("request", (request) => request.url().startsWith(site.url) || strange.push(request.url()));
    await browser.context.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
    const page = await browser.page(`${site.url}/here/index.html`);
    const isWhole = () => /\}\S*$/.test(document.querySelector("#answer").textContent);
    await page.waitForFunction(isWhole, undefined, { timeout: 60_000 });
    await page.screenshot({ path: join(SHOTS, `example-${example}.png`) });
    assert.deepEqual([page.said, strange], [[], []]);
    assert.notEqual(await page.locator("#thinking").innerText(), "");
    return await page.locator("#answer").innerText();
  } finally {
    await site.close();
  }
}

test("the package holds what it says, at the version of the app, and its declarations stand alone", () => {
  const manifest = JSON.parse(readFileSync(join(WEB, "package/package.json"), "utf8"));
  const app = JSON.parse(readFileSync(join(WEB, "package.json"), "utf8"));
  const workspace = /^version = "(.*)"$/m.exec(readFileSync(join(HOME, "Cargo.toml"), "utf8"))[1];
  assert.deepEqual([manifest.version, manifest.license, manifest.private], [workspace, "MIT OR Apache-2.0", undefined]);
  assert.equal(app.version, workspace);
  const wanted = Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? [] : Object.values(entry)));
  for (const path of [...wanted, "./worker.js", "./models/reckon-mini.gguf", "./models/default.json", "./LICENSE-MIT", "./README.md"]) {
    assert.ok(files.includes(path.slice(2)), `${path} is missing`);
  }
  for (const path of files.filter((path) => path.endsWith(".d.ts"))) {
    assert.doesNotMatch(readFileSync(join(WEB, "package", path), "utf8"), /^\s*(?:import|export) .*from ["']|import\(["']/m, path);
  }
});

test("the declarations serve a site in TypeScript, however it resolves modules", () => {
  const folder = installed("vite");
  const code = [
    'import { Reckon, type ChatCompletion } from "reckon";',
    'import { ReckonChat } from "reckon/reckon-chat";',
    'export const load = (): Promise<Reckon> => Reckon.load("reckon-mini");',
    'export const words = ({ choices: [one] }: ChatCompletion): string | undefined => one?.message.reasoning_content;',
    'export const ask = (chat: ReckonChat): Promise<{ answer: string }> => chat.ask("2 + 2?");',
    "// @ts-expect-error What is not there is not known.",
    "export const none = Reckon.nothing;",
  ].join("\n");
  const lib = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable"];
  const tsc = (resolution) => ["--strict", "--noEmit", ...lib, ...resolution, join(folder, "site.mts")];
  writeFileSync(join(folder, "site.mts"), code);
  for (const resolution of [["--module", "nodenext"], ["--module", "esnext", "--moduleResolution", "bundler"]]) {
    run("node", [join(WEB, "node_modules/typescript/bin/tsc"), ...tsc(resolution)], folder);
  }
  rmSync(folder, { recursive: true });
});

test("an empty Vite project takes it along with ten lines", async () => {
  const folder = installed("vite");
  symlinkSync(join(WEB, "node_modules/vite"), join(folder, "node_modules/vite"), "junction");
  assert.ok(readFileSync(join(folder, "main.js"), "utf8").trim().split("\n").length <= MOST_LINES);
  run("node", [join(WEB, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"], folder);
  const built = readdirSync(join(folder, "dist/assets")).join(" ");
  assert.match(built, /worker-[^ ]*\.js/);
  assert.match(await answered(join(folder, "dist"), "vite"), /\\boxed\{282\}/);
});

test("a page with no bundler runs it with ten lines, under a strict policy", async () => {
  const folder = installed("no-bundler");
  assert.ok(readFileSync(join(folder, "main.js"), "utf8").trim().split("\n").length <= MOST_LINES);
  assert.match(await answered(folder, "no-bundler"), /\\boxed\{282\}/);
});

test("the reference is what the types say", () => {
  const folder = join(work, "reference");
  run("npm", ["run", "--silent", "reference", "--", "--out", folder], join(WEB, "typings"));
  const names = readdirSync(folder).sort();
  assert.deepEqual(names, readdirSync(join(HOME, "docs/api")).sort());
  for (const name of names) {
    const [now, kept] = [join(folder, name), join(HOME, "docs/api", name)].map((path) => readFileSync(path, "utf8"));
    assert.equal(now, kept, `docs/api/${name} is older than the types; write it anew with cargo xtask reference`);
  }
});
