/** How often what comes is drawn: a small model makes several tokens in the time of one frame. */

/** Drawing that takes no longer is no burden. */
const LIGHT_MS = 8;
/** Heavier drawing takes at most one part in so many of the time. */
const SHARE = 4;
/** However long drawing takes, something new is seen after this. */
const LONGEST_MS = 1500;

/** Calls back once a frame at most, and less often where what follows a call takes long. */
export class Beat {
  #isAwaited = false;
  #rest_ms = 0;

  constructor(private readonly call: () => void) {}

  /** Something has changed. */
  tell(): void {
    if (this.#isAwaited) {
      return;
    }
    this.#isAwaited = true;
    if (this.#rest_ms > 0) {
      setTimeout(() => requestAnimationFrame(this.#draw), this.#rest_ms);
    } else {
      requestAnimationFrame(this.#draw);
    }
  }

  #draw = (): void => {
    const from = performance.now();
    this.#isAwaited = false;
    this.call();
    // After the frame: with what it took to lay out and to paint.
    setTimeout(() => {
      const took_ms = performance.now() - from;
      this.#rest_ms = took_ms < LIGHT_MS ? 0 : Math.min(LONGEST_MS, took_ms * (SHARE - 1));
    });
  };
}
