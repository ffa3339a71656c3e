import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Whether there is room for a list beside the page; its host is drawn anew when that changes. */
export class Wide implements ReactiveController {
  readonly #query = matchMedia("(min-width: 75rem)");

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  get isWide(): boolean {
    return this.#query.matches;
  }

  hostConnected(): void {
    this.#query.addEventListener("change", this.#changed);
  }

  hostDisconnected(): void {
    this.#query.removeEventListener("change", this.#changed);
  }

  #changed = (): void => this.host.requestUpdate();
}
