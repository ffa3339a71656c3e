/**
 * Builds the npm package into `package`: modules, worker and wasm side by side, found by each other's addresses. These stay
 * in the form that bundlers know, so that a site's own bundler takes the files along, and a page without one finds them.
 */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { defineConfig, type Plugin } from "vite";

/** What a site imports, by name; one line more here is one module more in the package. */
import entries from "./entries.json" with { type: "json" };
import app from "./package.json" with { type: "json" };
import { oneFontFormat } from "./vite.fonts.ts";

/** Files beside the modules: as the sources call them, and as they are called in the package. */
const BESIDE: Readonly<Record<string, string>> = {
  "./worker.ts": "./worker.js",
  "../embedded/reckon-mini.gguf": "./models/reckon-mini.gguf",
  "../../pkg/reckon_bg.wasm": "./reckon_bg.wasm",
  "../../pkg/reckon_relaxed_bg.wasm": "./reckon_relaxed_bg.wasm",
  "reckon_bg.wasm": "./reckon_bg.wasm",
};

/** How the worker's address is asked for where a bundler is not to see it. */
const UNSEEN = "./worker.ts?worker&url";

/** What is copied as it is. */
const COPIED = ["README.md", "../LICENSE-APACHE", "../LICENSE-MIT", "pkg/reckon_bg.wasm", "pkg/reckon_relaxed_bg.wasm"];

/** Keeps the addresses of files beside the modules from being resolved here: a site's bundler does that. */
const beside: Plugin = {
  name: "beside",
  enforce: "pre",
  transform: (code) =>
    code.replace(/new URL\(\s*["']([^"']+)["'],\s*import\.meta\.url\s*\)/g, (address, path: string) =>
      Object.hasOwn(BESIDE, path) ? `__beside(${JSON.stringify(BESIDE[path])})` : address,
    ),
  resolveId: (id) => (id === UNSEEN ? "\0worker" : undefined),
  // Put together where it runs: a bundler that read it would take the worker along as a file without the module it needs.
  load: (id) => (id === "\0worker" ? 'export default import.meta.url.replace(/[^/]*$/, "worker.js");' : undefined),
  // After all else: what makes code smaller would write the addresses in ways that fewer bundlers know.
  generateBundle: {
    order: "post",
    handler: (_options, bundle) => {
      for (const file of Object.values(bundle).filter((file) => file.type === "chunk")) {
        file.code = file.code.replace(/__beside\(["'`]([^"'`]+)["'`]\)/g, 'new URL("$1", import.meta.url)');
      }
    },
  },
};

/** Puts what is no module into the package. */
const whole: Plugin = {
  name: "whole",
  generateBundle() {
    for (const path of COPIED) {
      this.emitFile({ type: "asset", fileName: basename(path), source: readFileSync(path) });
    }
    this.emitFile({ type: "asset", fileName: "package.json", source: `${JSON.stringify(manifest(), undefined, 2)}\n` });
  },
};

function manifest(): object {
  const { name, version, description, license, type, engines } = app;
  const modules = Object.keys(entries).map((entry) => [
    entry === name ? "." : `./${entry}`,
    { types: `./${entry}.d.ts`, default: `./${entry}.js` },
  ]);
  return {
    name,
    version,
    description,
    license,
    type,
    engines,
    keywords: ["llm", "webgpu", "wasm", "reasoning", "chat", "offline", "openai", "mobilellm"],
    exports: {
      ...Object.fromEntries(modules),
      "./models/*": "./models/*",
      "./*.js": "./*.js",
      "./*.wasm": "./*.wasm",
      "./package.json": "./package.json",
    },
    types: `./${name}.d.ts`,
    // An element defines itself where it is imported, and so may a part of it; all else does nothing until it is called.
    sideEffects: [...Object.keys(entries).filter((entry) => entry !== name), "part-*", "worker"].map((file) => `./${file}.js`),
    files: ["*.js", "*.d.ts", "*.wasm", "assets", "models", "LICENSE-*"],
  };
}

// The worker is built first, and by itself: one file, whatever else the modules share.
export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: false,
  plugins: mode === "worker" ? [beside] : [oneFontFormat, beside, whole],
  build: {
    target: "es2022",
    // The oldest browsers in which an element runs: what they lack of CSS is written so that they read it.
    cssTarget: ["chrome96", "firefox114", "safari16.4"],
    outDir: "package",
    emptyOutDir: mode === "worker",
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: mode === "worker" ? { worker: "src/engine/worker.ts" } : { ...entries },
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "[name].js", chunkFileNames: "part-[name].js", assetFileNames: "assets/[name][extname]" },
    },
  },
}));
