/** Calls to the worker and their replies, matched by number. */

import { AbortError, DefectError, ofFault, type ReckonError } from "./error";
import type { Reply, Request, Result } from "./messages";
import { startAdvice, startWorker } from "./start";

/** A request without its number. */
type Ask = Request extends infer R ? (R extends Request ? Omit<R, "call"> : never) : never;

/** A call under way. */
export interface Call {
  readonly number: number;
  readonly result: Promise<Result>;
}

interface Waiting {
  readonly hear: (reply: Reply) => void;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: ReckonError) => void;
}

/** A worker and the calls that wait for it. */
export class Channel {
  readonly #worker = startWorker();
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #broken: ReckonError | undefined;

  constructor() {
    this.#worker.addEventListener("message", (event: MessageEvent<Reply>) => this.#hear(event.data));
    this.#worker.addEventListener("error", (event) => {
      const words = event.message || `its script could not be loaded; ${startAdvice()}`;
      this.#break(new DefectError({ code: "defect", message: `the engine's worker failed: ${words}` }));
    });
  }

  /** Sends a request; `hear` gets what comes before the result. */
  call(ask: Ask, hear: (reply: Reply) => void = () => {}): Call {
    const number = ++this.#calls;
    const result = new Promise<Result>((resolve, reject) => {
      if (this.#broken) {
        reject(this.#broken);
        return;
      }
      this.#waiting.set(number, { hear, resolve, reject });
      this.#worker.postMessage({ call: number, ...ask } as Request);
    });
    return { number, result };
  }

  /** The call's result; the call is ended when `signal` says so. */
  async abortable({ number, result }: Call, signal: AbortSignal | undefined): Promise<Result> {
    const abort = () => this.abort(number);
    if (signal?.aborted) {
      abort();
    }
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await result;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Ends the call of that number. */
  abort(number: number): void {
    // Its own outcome tells nothing that the ended call does not.
    this.call({ ask: "abort", what: number }).result.catch(() => undefined);
  }

  /** Ends the worker; whatever waits is rejected. */
  close(message = "the engine was closed"): void {
    this.#break(new AbortError(message));
  }

  #hear(reply: Reply): void {
    if (reply.tell === "broken") {
      this.#break(ofFault(reply.fault));
      return;
    }
    const waiting = this.#waiting.get(reply.call);
    if (reply.tell === "result") {
      this.#waiting.delete(reply.call);
      waiting?.resolve(reply.result);
    } else if (reply.tell === "fault") {
      this.#waiting.delete(reply.call);
      waiting?.reject(ofFault(reply.fault));
    } else {
      waiting?.hear(reply);
    }
  }

  #break(error: ReckonError): void {
    this.#broken ??= error;
    this.#worker.terminate();
    this.#waiting.forEach((waiting) => waiting.reject(this.#broken ?? error));
    this.#waiting.clear();
  }
}
