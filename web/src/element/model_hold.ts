/** One element's way to a model: from nothing over a question and a download to an engine that others may hold as well. */

import { type LoadOptions, type Progress, type Prospect, type Reckon, ReckonError } from "../engine/reckon";
import type { Choice } from "../page/address";
import { isAsked } from "../page/plan_view";
import { type Holder, SharedEngine } from "./shared_engine";

/** How far an element has come. */
export type Stage =
  | { readonly is: "idle" }
  | { readonly is: "asking"; readonly plan: Prospect; readonly decide: (goes: boolean) => void }
  | { readonly is: "loading"; readonly progress?: Progress; readonly plan?: Prospect }
  | { readonly is: "ready"; readonly model: Reckon }
  | { readonly is: "failed"; readonly fault: ReckonError };

/** Who hears of it. */
export interface Listener {
  changed(stage: Stage): void;
  progressed(progress: Progress): void;
}

/** Holds an engine from when it is asked for until it is left. */
export class ModelHold implements Holder {
  stage: Stage = { is: "idle" };
  #choice: Choice | undefined;
  #engine: SharedEngine | undefined;
  #model: Promise<Reckon> | undefined;
  #left = new AbortController();

  constructor(private readonly listener: Listener) {}

  /** The model, loaded where it is not; `find` says which. */
  take(find: () => Promise<Choice>, options: LoadOptions): Promise<Reckon> {
    this.#model ??= this.#take(find, options, this.#left.signal);
    return this.#model;
  }

  /** Gives the engine back, or stops on the way to it. */
  leave(stage: Stage = { is: "idle" }): void {
    this.#left.abort();
    this.#left = new AbortController();
    this.#engine?.release(this);
    this.#engine = undefined;
    this.#model = undefined;
    this.#become(stage);
  }

  /** Leaves an engine that has failed, for everyone. */
  abandon(): void {
    this.#engine?.abandon();
    this.leave();
  }

  async decide(plan: Prospect): Promise<boolean> {
    if (this.#choice && isAsked(this.#choice.source, plan)) {
      const goes = await new Promise<boolean>((decide) => this.#become({ is: "asking", plan, decide }));
      if (!goes) {
        this.leave();
        return false;
      }
    }
    this.#become({ is: "loading", plan });
    return true;
  }

  hear(progress: Progress): void {
    if (this.stage.is === "loading") {
      this.#become({ ...this.stage, progress });
    }
    this.listener.progressed(progress);
  }

  async #take(find: () => Promise<Choice>, options: LoadOptions, left: AbortSignal): Promise<Reckon> {
    this.#become({ is: "loading" });
    const end = ended(left);
    try {
      this.#choice = await Promise.race([find(), end]);
      this.#engine = SharedEngine.hold(this.#choice, options, this);
      const model = await Promise.race([this.#engine.model, end]);
      this.#become({ is: "ready", model });
      return model;
    } catch (thrown) {
      const fault = thrown instanceof ReckonError ? thrown : new ReckonError({ code: "defect", message: String(thrown) });
      if (!left.aborted) {
        this.leave({ is: "failed", fault });
      }
      throw fault;
    }
  }

  #become(stage: Stage): void {
    this.stage = stage;
    this.listener.changed(stage);
  }
}

/** Rejects once the signal says so. */
function ended(signal: AbortSignal): Promise<never> {
  const message = "loading was stopped";
  const end = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new ReckonError({ code: "aborted", message })), { once: true });
  });
  // It is there to be raced against.
  end.catch(() => undefined);
  return end;
}
