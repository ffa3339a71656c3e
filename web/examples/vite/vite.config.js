import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  // The development server bundles packages ahead, and would lose the worker that lies beside this one.
  optimizeDeps: { exclude: ["reckon"] },
});
