// The icons of the installed app, drawn from public/icon.svg by Chromium: `node icons.mjs`, after each change of it.
// They are committed: a build needs no browser.

import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";

const PUBLIC = new URL("public/", import.meta.url);
/** A system cuts a maskable icon as it likes, down to a circle of 80 % of its width: what is drawn keeps within that. */
const ICONS = [
  { file: "icon-192.png", size: 192, share: 1 },
  { file: "icon-512.png", size: 512, share: 1 },
  { file: "icon-maskable-512.png", size: 512, share: 0.8 },
];

const drawing = readFileSync(new URL("icon.svg", PUBLIC), "utf8");
const [, ground] = /fill="(#[0-9a-f]{6})"/.exec(drawing) ?? [];
if (ground === undefined) {
  throw new Error("public/icon.svg: expected a ground with fill=\"#rrggbb\"");
}
const browser = await chromium.launch({ executablePath: process.env.RECKON_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ deviceScaleFactor: 1 });
for (const { file, size, share } of ICONS) {
  await page.setViewportSize({ width: size, height: size });
  const margin = (size * (1 - share)) / 2;
  const around = share < 1 ? ground : "transparent";
  await page.setContent(
    `<style>body { margin: 0; background: ${around}; } svg { display: block; margin: ${margin}px; width: ${size * share}px; }</style>${drawing}`,
  );
  writeFileSync(new URL(file, PUBLIC), await page.screenshot({ omitBackground: true }));
}
await browser.close();
