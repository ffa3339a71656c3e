/** How fast bytes come in, over the last seconds. */

/** Far enough back to be calm, near enough to notice a change. */
const WINDOW_MS = 4000;

/** Remembers how many bytes there were when. */
export class Pace {
  #marks: { at: number; bytes: number }[] = [];

  /** Notes that `bytes` are there at `at` milliseconds. */
  mark(at: number, bytes: number): void {
    this.#marks.push({ at, bytes });
    while (this.#marks.length > 2 && (this.#marks[1]?.at ?? at) < at - WINDOW_MS) {
      this.#marks.shift();
    }
  }

  /** Bytes a second; nothing until there is something to tell. */
  get bytesPerSecond(): number | undefined {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (!first || !last || last.at - first.at < 300) {
      return undefined;
    }
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000;
  }
}
