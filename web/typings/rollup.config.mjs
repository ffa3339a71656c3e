/** The declarations of the package's modules, each in one file that needs no other. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { dts } from "rollup-plugin-dts";

const WEB = fileURLToPath(new URL("../", import.meta.url));
const ENTRIES = JSON.parse(readFileSync(join(WEB, "entries.json"), "utf8"));

export default Object.entries(ENTRIES).map(([name, source]) => ({
  input: join(WEB, source),
  output: { file: join(WEB, "package", `${name}.d.ts`), format: "es" },
  // What others declare and ours names is rolled in as well.
  plugins: [dts({ tsconfig: join(WEB, "typings/tsconfig.json"), respectExternal: true })],
}));
