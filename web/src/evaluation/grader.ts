/** The grader as the page sees it: problems, their order, what an answer is worth, and what all come to. */

import type { Asks, Reply, Request } from "./messages";

interface Waiting {
  readonly resolve: (gives: never) => void;
  readonly reject: (error: Error) => void;
}

/** What grades, in a worker of its own. */
export class Grader {
  readonly #worker = new Worker(new URL("./grader_worker.ts", import.meta.url), { type: "module", name: "grader" });
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #broken: Error | undefined;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      const waiting = this.#waiting.get(data.call);
      this.#waiting.delete(data.call);
      if ("fault" in data) {
        waiting?.reject(new Error(data.fault));
      } else {
        waiting?.resolve(data.gives as never);
      }
    });
    this.#worker.addEventListener("error", ({ message }) => {
      this.#broken = new Error(`what grades answers failed: ${message || "its script could not be loaded"}; reload the page`);
      this.#waiting.forEach(({ reject }) => reject(this.#broken as Error));
      this.#waiting.clear();
    });
  }

  /** Asks, and gives back what it answers; rejects with its words where something is wrong. */
  ask<A extends keyof Asks>(ask: A, wanted: Asks[A]["with"]): Promise<Asks[A]["gives"]> {
    if (this.#broken) {
      return Promise.reject(this.#broken);
    }
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#worker.postMessage({ call, ask, with: wanted } as Request);
    });
  }
}
