// What asks suites: the page with the embedded model, on the processor, as a visitor uses it; and the terminal, which reads
// its answers.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { noteViolations, openChromium } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const WEB = new URL("../../web/", import.meta.url);
const SHOTS = fileURLToPath(new URL("shots/", import.meta.url));
const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", WEB), "utf8");
const RECKON = process.env.RECKON_BIN ?? fileURLToPath(new URL("../../target/debug/reckon", import.meta.url));
const SAMPLE = new URL("src/evaluation/samples/sample_gsm8k.jsonl", WEB);
/** Problems in the form of GSM8K's rows; the last one's answer is wrong. */
const PROBLEMS = [
  ["What is 15 + 27?", "15 + 27 is <<15+27=42>>42\n#### 42"],
  ["What is 24 × 17?", "#### 408"],
  ["What is 8 + 5?", "#### 14"],
];
const FILE = PROBLEMS.map(([question, answer]) => `${JSON.stringify({ question, answer })}\n`).join("");
const CONDITIONS =
  "activations,adapter,context,data_sha256,device,dtypes,kv,max_tokens,model,parameters,problems,reckon,seed,suite,temperature,top_p";

let site, browser, folder;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), "reckon-eval-"));
  writeFileSync(join(folder, "gsm8k_test.jsonl"), FILE);
  site = await openSite();
  browser = await openChromium();
  await noteViolations(browser.context);
});

after(async () => {
  await browser?.close();
  await site?.close();
  rmSync(folder, { recursive: true });
});

const button = (page, name) => page.getByRole("button", { name, exact: true });
const figure = (page, name) => page.locator(`[data-of="${name}"] dd`).first();

/** The page as an address asks for it, and what is said of the suite's file. */
async function opened(query) {
  const page = await browser.page(`${site.url}/eval.html?keep=no&device=cpu&${query}`);
  await page.locator("#source").filter({ hasText: /\w/ }).waitFor();
  return page;
}

/** Gives a file and waits for what is said of it. */
async function give(page, name, text, said) {
  await page.getByLabel("Its file").setInputFiles({ name, mimeType: "application/jsonl", buffer: Buffer.from(text) });
  await page.locator("#source").filter({ hasText: said }).waitFor();
}

/** The answers that the page gives to keep, in a file; its lines. */
async function downloaded(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Download the answers").click()]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  const text = readFileSync(path, "utf8");
  assert.ok(text.endsWith("\n"));
  const [conditions, ...answers] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  return { path, conditions, answers };
}

/** What the terminal says of a file of answers. */
async function judged(path, data) {
  const { stdout } = await promisify(execFile)(RECKON, ["eval", "--suite", "gsm8k", "--data", data, "--judge", path, "--json"]);
  return JSON.parse(stdout);
}

/** Holds the page to what axe knows, wide and narrow, and takes pictures. */
async function accessible(page, name) {
  for (const width of [1100, 400]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: join(SHOTS, `${name}-${width}.png`), fullPage: true });
    assert.ok(!(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), `it scrolls sideways at ${width} px`);
  }
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target.flat()} ${any[0]?.message ?? ""}`).join("; ")}`);
  });
  assert.deepEqual(found, []);
}

test("a given file is asked, its answers are graded and shown, and the terminal comes to the same", async () => {
  site.requests.length = 0;
  const page = await opened("temperature=0&max_tokens=400&suite=math500");
  assert.ok(!site.requests.some(({ path }) => /\.gguf$|reckon_/.test(path)), "no model and no engine is fetched before");
  await give(page, "gsm8k_test.jsonl", FILE, "3 problems in gsm8k_test.jsonl");
  assert.equal(await page.getByLabel("Suite").inputValue(), "gsm8k", "by the file's name");
  await button(page, "Run").click();
  await page.getByText("Done.").waitFor({ timeout: 60_000 });
  assert.deepEqual([await figure(page, "Answered").innerText(), await figure(page, "Right so far").innerText()], ["3 of 3", "2 of 3"]);
  // Wilson's interval of 2 of 3.
  assert.deepEqual([await figure(page, "Share").innerText(), await figure(page, "95 % interval").innerText()], ["66.7 %", "20.8 % to 93.9 %"]);
  const row = (text) => page.getByRole("row").filter({ has: button(page, text) });
  assert.match(await row("What is 15 + 27?").innerText(), /42\s+42\s+✓ right\s+\d+\s+\d+\.\d/);
  assert.match(await row("What is 8 + 5?").innerText(), /13\s+14\s+✗ wrong/);
  const came = await page.locator("#summary table").innerText();
  assert.match(came, /asked\s+3 of 3 problems, 1 each, seed 0\s+drawn\s+temperature 0, top-p 0.95, at most 400 tokens in \d+ positions/);
  assert.match(came, /right\s+2 of 3: 66\.7 %, 95 %: 20\.8 to 93\.9\s+ended\s+stop 3\s+answers found\s/);
  const { path, conditions, answers } = await downloaded(page);
  assert.equal(Object.keys(conditions).sort().join(), CONDITIONS);
  assert.equal(conditions.data_sha256, createHash("sha256").update(FILE).digest("hex"));
  assert.ok(conditions.parameters > 1e6 && /^gsm8k-Reckon-Mini-/.test(path.split("/").at(-1)), path);
  assert.deepEqual(answers.map(({ number }) => number).sort(), [0, 1, 2]);
  const { right, share, ...told } = await judged(path, folder);
  assert.deepEqual([right, share.share.toFixed(4), told.conditions, told.ended], [2, "0.6667", conditions, { stop: 3 }]);
  await button(page, "What is 15 + 27?").click();
  const whole = page.locator("tr.whole:not([hidden])");
  assert.equal(await whole.locator(".text").nth(1).textContent(), answers.find(({ number }) => number === 0).text);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await accessible(page, `eval-${colorScheme}`);
  }
  assert.deepEqual([await page.evaluate(() => violations), page.said], [[], []]);
  await page.close();
});

test("a run of the sample is stopped, and what was answered is kept", async () => {
  const page = await opened("limit=12&max_tokens=60&seed=3");
  assert.match(await page.locator("#source").innerText(), /^12 problems, a sample that comes with the page/);
  await button(page, "Run").click();
  await page.locator("table.answers tbody tr").first().waitFor({ timeout: 60_000 });
  assert.ok(await page.getByLabel("Seed").isDisabled());
  await button(page, "Stop").click();
  const words = await page.getByText(/^Stopped after \d+ of 12\.$/).innerText();
  const count = Number(words.split(" ")[2]);
  assert.equal(await page.locator("table.answers tbody tr:not(.whole)").count(), count);
  const { path, conditions, answers } = await downloaded(page);
  const sample = readFileSync(SAMPLE);
  assert.deepEqual([conditions.seed, conditions.temperature, conditions.problems], [3, 0.6, 12]);
  assert.equal(conditions.data_sha256, createHash("sha256").update(sample).digest("hex"));
  assert.ok(answers.length === count && answers.every(({ completion_tokens: tokens }) => tokens <= 60));
  assert.equal((await judged(path, fileURLToPath(SAMPLE))).answers, count);
  assert.ok(await button(page, "Run").isVisible());
  assert.deepEqual([await page.evaluate(() => violations), page.said], [[], []]);
  await page.close();
});

test("what cannot be asked is told, and code is not offered", async () => {
  const page = await opened("suite=humaneval");
  const titles = await page.getByLabel("Suite").locator("option").allInnerTexts();
  assert.deepEqual(titles, ["MATH-500", "GSM8K", "AIME 2024", "AMC 2023"]);
  assert.equal(await page.getByLabel("Suite").inputValue(), "gsm8k");
  await give(page, "mine.jsonl", `${FILE}{"question": "?"}\n`, 'GSM8K: line 4: it has no "answer"');
  await page.getByLabel("Its file").setInputFiles([]);
  await page.getByLabel("Suite").selectOption("MATH-500");
  await page.getByText(/^12 problems, a sample/).waitFor();
  await page.getByLabel("Suite").selectOption("AIME 2024");
  await page.getByText("AIME 2024 does not come with the page: give its file, aime24_test.jsonl").waitFor();
  await button(page, "Run").click();
  await page.locator("#state.fault").filter({ hasText: "aime24_test.jsonl" }).waitFor();
  await page.goto(`${site.url}/eval.html?model=nowhere.gguf&keep=no`);
  await page.getByText(/^12 problems, a sample/).waitFor();
  await button(page, "Run").click();
  await page.locator("#state.fault").filter({ hasText: "nowhere.gguf" }).waitFor();
  await page.close();
});
