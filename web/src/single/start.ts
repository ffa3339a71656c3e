/** How the worker is started where everything is in one file: from its own text, with the module for this browser in it. */

import text from "virtual:worker";

import type { Fault, Reply } from "../engine/messages";
import { takesRelaxed } from "../engine/relaxed";
import { takeBlock } from "./blocks";

let address: string | undefined;

/** Starts the worker; one that the browser refuses is heard of when it is asked for something. */
export function startWorker(): Worker {
  try {
    return new Worker((address ??= workerAddress()), { name: "reckon" });
  } catch (thrown) {
    return new Refused(thrown) as EventTarget as Worker;
  }
}

/** What to do where it does not start. */
export function startAdvice(): string {
  return "open the file in Chrome, Edge, Firefox or Safari as they are today, or the app from a server";
}

/** A browser takes neither a worker nor a module from another file beside one that was opened from a disk. */
function workerAddress(): string {
  const [plain, relaxed] = [takeBlock("plain-module"), takeBlock("relaxed-module")];
  const module = (takesRelaxed() ? relaxed : undefined) ?? plain;
  return URL.createObjectURL(new Blob([`self.packedModule="${module}";`, text], { type: "text/javascript" }));
}

/** Stands where there is no worker, and says so to whoever asks. */
class Refused extends EventTarget {
  readonly #fault: Fault;

  constructor(thrown: unknown) {
    super();
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `this browser starts no worker, or runs no WebAssembly, for this file (${why}); ${startAdvice()}`;
    this.#fault = { code: "state", message };
  }

  postMessage(): void {
    const reply: Reply = { tell: "broken", fault: this.#fault };
    queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data: reply })));
  }

  terminate(): void {}
}
