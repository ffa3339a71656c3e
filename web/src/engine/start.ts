/** How the worker is started, from wherever this code came. */
export function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "reckon" });
}
