/** One engine for everyone on a page who asks for the same model, held in the same way. */

import { type LoadOptions, type Progress, type Prospect, Reckon } from "../engine/reckon";
import type { Choice } from "../page/address";

/** Who holds an engine, and hears how it is loaded. */
export interface Holder {
  /** Whether a load goes on that takes what `plan` says. */
  decide(plan: Prospect): Promise<boolean>;
  hear(progress: Progress): void;
}

/** An engine, and those who hold it. It ends with the last of them. */
export class SharedEngine {
  static readonly #all = new Map<string, SharedEngine>();
  readonly model: Promise<Reckon>;
  readonly #holders = new Set<Holder>();
  readonly #stop = new AbortController();
  /** Asks one more holder about the plan that waits for an answer. */
  #ask: ((holder: Holder) => void) | undefined;

  private constructor(
    private readonly key: string,
    choice: Choice,
    options: LoadOptions,
  ) {
    this.model = Reckon.load(choice.source, {
      ...options,
      signal: this.#stop.signal,
      onPlan: (plan) => this.#decide(plan),
      onProgress: (progress) => this.#holders.forEach((holder) => holder.hear(progress)),
    });
    // Whoever holds it is told; the next who asks begins anew.
    this.model.catch(() => this.abandon());
  }

  /** The engine for that model, for one more holder. */
  static hold(choice: Choice, options: LoadOptions, holder: Holder): SharedEngine {
    const key = JSON.stringify([choice.source, options]);
    const engine = SharedEngine.#all.get(key) ?? new SharedEngine(key, choice, options);
    SharedEngine.#all.set(key, engine);
    engine.#holders.add(holder);
    engine.#ask?.(holder);
    return engine;
  }

  /** Takes back a hold; ends the engine, or its loading, where it was the last. */
  release(holder: Holder): void {
    this.#holders.delete(holder);
    if (this.#holders.size === 0) {
      this.abandon();
    }
  }

  /** Ends it for everyone: it has failed. Who asks next gets a new one. */
  abandon(): void {
    if (SharedEngine.#all.get(this.key) === this) {
      SharedEngine.#all.delete(this.key);
    }
    this.#stop.abort();
    this.model.then((model) => model.dispose(), () => undefined);
  }

  /** The first answer counts. */
  async #decide(plan: Prospect): Promise<boolean> {
    const goes = await new Promise<boolean>((resolve) => {
      this.#ask = (holder) => void holder.decide(plan).then(resolve);
      this.#holders.forEach(this.#ask);
    });
    this.#ask = undefined;
    return goes;
  }
}
