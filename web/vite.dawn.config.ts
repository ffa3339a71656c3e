import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

import needed from "../tests/runs/dawn/package.json" with { type: "json" };

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** What a process without a page has in the place of scripts that start a worker and fetch. */
const REPLACED = new Map(["start", "module"].map((name) => [here(`src/engine/${name}.ts`), here(`src/bench/dawn/${name}.ts`)]));

/** Puts the variants of `src/bench/dawn` in the place of what they stand for. */
const variants: Plugin = {
  name: "variants",
  enforce: "pre",
  async resolveId(source, importer, options) {
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    return (resolved && REPLACED.get(resolved.id)) ?? resolved;
  },
};

/** Puts both modules beside the script. */
const modules: Plugin = {
  name: "modules",
  generateBundle() {
    for (const fileName of ["reckon_bg.wasm", "reckon_relaxed_bg.wasm"]) {
      this.emitFile({ type: "asset", fileName, source: readFileSync(here(`pkg/${fileName}`)) });
    }
  },
};

// `dawn.mjs` and what it needs beside it but for npm's `webgpu`: Node runs it, on a machine that need have nothing else.
export default defineConfig({
  publicDir: false,
  plugins: [variants, modules],
  define: { WEBGPU_VERSION: JSON.stringify(needed.dependencies.webgpu) },
  ssr: { noExternal: true },
  build: {
    ssr: "src/bench/dawn/dawn.ts",
    target: "node20",
    outDir: "../target/dawn",
    emptyOutDir: false,
    rolldownOptions: {
      external: ["webgpu", /^node:/],
      output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs", codeSplitting: false },
    },
  },
});
