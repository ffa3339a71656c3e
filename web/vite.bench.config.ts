import { defineConfig } from "vite";

// `dist/bench.html`, built by itself: what the app's page fetches stays as it is, and its service worker keeps nothing of this.
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
      input: "bench.html",
      output: { entryFileNames: "assets/bench-[hash].js", chunkFileNames: "assets/bench-[name]-[hash].js" },
    },
  },
  worker: { format: "es" },
});
