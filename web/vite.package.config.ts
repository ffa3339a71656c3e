import { defineConfig, mergeConfig } from "vite";

import app from "./vite.config";

/** What a page or a program takes, from sources to what stands in web/package. */
const ENTRIES: readonly (readonly [source: string, script: string])[] = [["src/element/reckon_chat.ts", "reckon-chat"]];

// Every address in it is relative to the file that names it: the folder works wherever it lies, on another origin as well.
export default mergeConfig(
  app,
  defineConfig({
    build: {
      outDir: "package",
      copyPublicDir: false,
      modulePreload: false,
      rollupOptions: {
        input: Object.fromEntries(ENTRIES.map(([source, script]) => [script, source])),
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "[name].js", chunkFileNames: "assets/[name]-[hash].js", assetFileNames: "assets/[name]-[hash][extname]" },
      },
    },
  }),
);
