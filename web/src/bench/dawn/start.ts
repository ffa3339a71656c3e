/** How the worker is started where no browser is: on this thread, with a scope of its own. */

import type { Reply, Request } from "../../engine/messages";

/** Starts the worker, once in a process; what it is told waits until it hears. */
export function startWorker(): Worker {
  return new Beside() as EventTarget as Worker;
}

/** What to do where it does not start. */
export function startAdvice(): string {
  return "build it anew with cargo xtask bench --dawn";
}

/** The worker as whoever started it sees it; the process's global scope is the worker's. */
class Beside extends EventTarget {
  /** What the worker hears. */
  readonly #ear = new EventTarget();
  readonly #hears: Promise<unknown>;

  constructor() {
    super();
    Object.assign(globalThis, {
      self: globalThis,
      addEventListener: this.#ear.addEventListener.bind(this.#ear),
      postMessage: (data: Reply) => queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data }))),
    });
    this.#hears = import("../../engine/worker");
  }

  postMessage(data: Request): void {
    void this.#hears.then(() => this.#ear.dispatchEvent(new MessageEvent("message", { data })));
  }

  /** It ends with the process. */
  terminate(): void {}
}
