import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rolldown } from "vite";

const PAGE = "index.html";
const WORKER = "service_worker.js";
const SOURCE = fileURLToPath(new URL("src/offline/service_worker.ts", import.meta.url));

/**
 * The service worker, in the app's root: it is told the build's files and their hashes, and the page what its build is
 * called. No library: those that make such lists bring a router and strategies, and 10 kB, where the app needs one rule.
 */
export function offline(): Plugin {
  let publicFolder = "";
  return {
    name: "offline",
    apply: "build",
    configResolved: ({ publicDir }) => void (publicFolder = publicDir),
    generateBundle: {
      // After the page has been written.
      order: "post",
      async handler(_, bundle) {
        const page = bundle[PAGE];
        if (page?.type !== "asset") {
          // It is not the app that is built.
          return;
        }
        const files = hashes(publicFolder, bundle);
        const name = createHash("sha256").update(JSON.stringify(files)).update(page.source).digest("hex").slice(0, 16);
        page.source = String(page.source).replace("<head>", `<head>\n    <meta name="reckon-build" content="${name}" />`);
        this.emitFile({ type: "asset", fileName: WORKER, source: await serviceWorker(name, files) });
      },
    },
  };
}

/** Every file of the build but its page, sorted, with its hash. */
function hashes(publicFolder: string, bundle: Rolldown.OutputBundle): Record<string, string> {
  const built = Object.values(bundle)
    .filter(({ fileName }) => fileName !== PAGE)
    .map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source] as const);
  const copied = readdirSync(publicFolder).map((file) => [file, readFileSync(join(publicFolder, file))] as const);
  const hash = (bytes: string | Uint8Array) => `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
  const hashed = [...built, ...copied].map(([file, bytes]) => [file, hash(bytes)] as const);
  return Object.fromEntries(hashed.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The service worker as one classic script: some browsers take no module there. */
async function serviceWorker(name: string, files: Record<string, string>): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    define: { BUILD: JSON.stringify(name), FILES: JSON.stringify(files) },
    build: { write: false, target: "es2022", rolldownOptions: { input: SOURCE, output: { format: "iife" } } },
  });
  const [output] = [built].flat();
  const chunk = output && "output" in output ? output.output[0] : undefined;
  if (!chunk) {
    throw new Error("the service worker was not built");
  }
  return chunk.code;
}
