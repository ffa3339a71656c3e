import { defineConfig } from "vite";

// Relative addresses: what is built works from any folder of any static host.
export default defineConfig({ base: "./" });
