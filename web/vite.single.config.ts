import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, defineConfig, type Plugin, type Rolldown } from "vite";

import { oneFontFormat } from "./vite.fonts.ts";
import { asOneFile, type Blocks } from "./vite.page.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const NAME = "reckon.html";
const PAGE = "index.html";
const WORKER = "virtual:worker";
/** What a page that was opened from a disk may not fetch, and what stands in its place. */
const REPLACED = new Map(
  (["engine/start", "engine/module", "page/beside"] as const).map((path) => [
    here(`src/${path}.ts`),
    here(`src/single/${path.slice(path.indexOf("/") + 1)}.ts`),
  ]),
);

/** Puts the variants of `src/single` in the place of what they stand for; they themselves may use that. */
const variants: Plugin = {
  name: "variants",
  enforce: "pre",
  async resolveId(source, importer, options) {
    if (importer === undefined || importer.startsWith(here("src/single/"))) {
      return null;
    }
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    return (resolved && REPLACED.get(resolved.id)) ?? resolved;
  },
};

/** The bindings would bring a module of their own, where none is given. */
const withoutDefaultModule: Plugin = {
  name: "without-default-module",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith("/pkg/reckon.js")) {
      return undefined;
    }
    const without = code.replace("new URL('reckon_bg.wasm', import.meta.url)", "undefined");
    if (without === code) {
      throw new Error(`${id}: expected new URL('reckon_bg.wasm', import.meta.url)`);
    }
    return without;
  },
};

/** The worker as a text: one classic script, which browsers take from a page's own bytes. */
const workerText: Plugin = {
  name: "worker-text",
  resolveId: (source) => (source === WORKER ? `\0${WORKER}` : undefined),
  async load(id) {
    if (id !== `\0${WORKER}`) {
      return undefined;
    }
    const input = here("src/engine/worker.ts");
    const built = await build({
      configFile: false,
      publicDir: false,
      logLevel: "warn",
      plugins: [variants, withoutDefaultModule],
      build: { write: false, target: "es2022", rolldownOptions: { input, output: { format: "iife" } } },
    });
    const [output] = [built].flat();
    if (!output || !("output" in output)) {
      throw new Error("the worker was not built");
    }
    return `export default ${JSON.stringify(output.output[0].code)};`;
  },
};

/** Writes the page with everything in it, and nothing else. */
const oneFile: Plugin = {
  name: "one-file",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      const page = bundle[PAGE];
      if (page?.type !== "asset") {
        throw new Error(`the build has no ${PAGE}`);
      }
      const source = asOneFile({ page: String(page.source), ...parts(bundle), icon: readFileSync(here("public/icon.svg")), blocks: blocks() });
      Object.keys(bundle).forEach((name) => delete bundle[name]);
      this.emitFile({ type: "asset", fileName: NAME, source });
    },
  },
};

/** The one script and the one stylesheet of the page. */
function parts(bundle: Rolldown.OutputBundle): { script: string; style: string } {
  const files = Object.values(bundle).filter(({ fileName }) => fileName !== PAGE);
  const [scripts, assets] = [files.filter((file) => file.type === "chunk"), files.filter((file) => file.type === "asset")];
  const [script, style] = [scripts[0], assets[0]];
  if (!script || !style || files.length !== 2) {
    throw new Error(`expected one script and one stylesheet, found ${files.map(({ fileName }) => fileName).join(", ")}`);
  }
  return { script: script.code, style: String(style.source) };
}

/** What is no script: both modules, the second where it is another than the first, the model and its card. */
function blocks(): Blocks {
  const [plain, relaxed] = ["reckon_bg", "reckon_relaxed_bg"].map((name) => readFileSync(here(`pkg/${name}.wasm`))) as [Buffer, Buffer];
  const card = JSON.parse(readFileSync(here("embedded/default.json"), "utf8")) as { file: string };
  const model = here(`embedded/${card.file}`);
  const packed = (module: Buffer) => gzipSync(module, { level: 9 }).toString("base64");
  return {
    "plain-module": packed(plain),
    ...(relaxed.equals(plain) ? {} : { "relaxed-module": packed(relaxed) }),
    // Its weights are packed already: zipped it would be 4 % smaller.
    model: readFileSync(model).toString("base64"),
    card: JSON.stringify({ ...card, size_bytes: statSync(model).size }),
  };
}

// `dist/reckon.html`: the app in one file, which answers when it is opened from a disk.
export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [variants, workerText, oneFontFormat, oneFile],
  build: {
    target: "es2022",
    emptyOutDir: false,
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: () => true,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
