import { defineConfig } from "vite";

// Relative addresses: the app works from any folder of any static host.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // The worker and the module are files of their own, never data in a script: a strict policy allows them.
    assetsInlineLimit: 0,
  },
  worker: { format: "es" },
});
