import { defineConfig } from "vite";

/**
 * A page beside the app, `dist/bench.html` or `dist/eval.html` by `--mode bench` or `--mode eval`, built by itself: what the
 * app's page fetches stays as it is, and its service worker keeps nothing of this.
 */
export default defineConfig(({ mode: page }) => ({
  base: "./",
  build: {
    target: "es2022",
    cssTarget: ["chrome96", "firefox114", "safari16.4"],
    emptyOutDir: false,
    copyPublicDir: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: `${page}.html`,
      output: { entryFileNames: `assets/${page}-[hash].js`, chunkFileNames: `assets/${page}-[name]-[hash].js` },
    },
  },
  worker: { format: "es" },
}));
