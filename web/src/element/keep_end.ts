import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Nearer to the end than so many pixels is at the end. */
const NEAR = 60;

/** Keeps the end of a place in sight while it grows; who has scrolled up is left alone. */
export class KeepEnd implements ReactiveController {
  #isAtEnd = false;

  constructor(
    host: ReactiveControllerHost,
    private readonly place: () => Element | null,
  ) {
    host.addController(this);
  }

  hostUpdate(): void {
    const place = this.place();
    this.#isAtEnd = place !== null && place.scrollHeight - place.scrollTop - place.clientHeight < NEAR;
  }

  hostUpdated(): void {
    if (this.#isAtEnd) {
      // What stands inside the host is drawn after it, and before the next frame.
      requestAnimationFrame(() => this.place()?.scrollTo({ top: this.place()?.scrollHeight ?? 0 }));
    }
  }
}
