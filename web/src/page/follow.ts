import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Nearer to the end of the page than so many pixels is at its end. */
const NEAR = 90;

/** Keeps who reads at the end of the page there while it grows; who has scrolled up is left alone. */
export class Follow implements ReactiveController {
  #isAtEnd = false;

  constructor(
    host: ReactiveControllerHost,
    /** Whether there is anything to follow. */
    private readonly follows: () => boolean,
  ) {
    host.addController(this);
  }

  hostUpdate(): void {
    const { scrollHeight } = document.documentElement;
    this.#isAtEnd = this.follows() && scrollHeight - scrollY - innerHeight < NEAR;
  }

  hostUpdated(): void {
    if (this.#isAtEnd) {
      // What stands inside the host is drawn after it, and before the next frame.
      requestAnimationFrame(() => this.toEnd());
    }
  }

  toEnd(): void {
    scrollTo({ top: document.documentElement.scrollHeight });
  }
}
