import { defineConfig } from "vite";

import { oneFontFormat } from "./vite.fonts.ts";
import { offline } from "./vite.offline.ts";

// Relative addresses: the app works from any folder of any static host.
export default defineConfig({
  base: "./",
  plugins: [oneFontFormat, offline()],
  build: {
    target: "es2022",
    // The oldest browsers in which the page runs: what they lack of CSS is written so that they read it.
    cssTarget: ["chrome96", "firefox114", "safari16.4"],
    modulePreload: { polyfill: false },
    // The worker and the module are files of their own, never data in a script: a strict policy allows them.
    assetsInlineLimit: 0,
  },
  worker: { format: "es" },
});
