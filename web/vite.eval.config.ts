import { defineConfig } from "vite";

// `dist/eval.html`, built by itself: what the app's page fetches stays as it is, and its service worker keeps nothing of this.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    cssTarget: ["chrome96", "firefox114", "safari16.4"],
    emptyOutDir: false,
    copyPublicDir: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: "eval.html",
      output: { entryFileNames: "assets/eval-[hash].js", chunkFileNames: "assets/eval-[name]-[hash].js" },
    },
  },
  worker: { format: "es" },
});
