/** How the worker is started, from wherever this code came. */

import address from "./worker.ts?worker&url";
import type { Reply } from "./messages";

/** Where a script lies that imports the worker's from another origin; made once. */
let bootstrap: string | undefined;

/**
 * Starts the worker. A browser takes a worker's script from the page's own origin alone: where this code came from
 * another, the page makes a small one, which imports it.
 */
export function startWorker(): Worker {
  const script = workerAddress();
  if (isOfPage(script)) {
    // In these words a site's bundler knows that there is a worker to take along.
    return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "reckon" });
  }
  bootstrap ??= URL.createObjectURL(new Blob([importing(script)], { type: "text/javascript" }));
  // A classic one: a page in a sandbox is refused a module at such an address.
  return new Worker(bootstrap, { name: "reckon" });
}

/** What a page and its servers must allow for the worker to start. */
export function startAdvice(): string {
  const script = workerAddress();
  return isOfPage(script)
    ? `is ${script.href} there, and does the page's policy allow worker-src 'self'?`
    : `${script.href} is on another origin than the page: its server must let the page read it ` +
        `(Access-Control-Allow-Origin), and a policy of the page must allow worker-src blob: and script-src ${script.origin}`;
}

function workerAddress(): URL {
  return new URL(address, import.meta.url);
}

/** Whether the page is of that origin. A page in a sandbox has none, whatever its address says. */
function isOfPage({ origin }: URL): boolean {
  return origin === self.origin;
}

/**
 * A script that imports the worker's when it runs: what it named as it is read, a policy would hold against worker-src. What
 * the page says meanwhile is kept until somebody hears it.
 */
function importing({ href }: URL): string {
  const refusal: Reply = { tell: "broken", fault: { code: "files", message: `the engine's worker failed: ${startAdvice()}` } };
  return `
const early = [];
const keep = ({ data }) => early.push(data);
addEventListener("message", keep);
import(${JSON.stringify(href)}).then(
  () => {
    removeEventListener("message", keep);
    early.forEach((data) => dispatchEvent(new MessageEvent("message", { data })));
  },
  () => postMessage(${JSON.stringify(refusal)}),
);
`;
}
