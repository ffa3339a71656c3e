/** Text as it stands, however long: drawn in stretches, of which only the last is ever touched again. */

/** A stretch: laid out in about a millisecond. */
const STRETCH = 4_000;
/** What is beyond is shown where it is asked for. */
const MOST_SHOWN = 200_000;
/** Characters that are added at once where everything is asked for. */
const AT_ONCE = 100_000;

/** A place where one text is shown, again and again while it grows. */
export class LongText {
  #text = "";
  /** Characters in stretches that are finished. */
  #finished = 0;
  #last: Text | undefined;
  #most = MOST_SHOWN;
  #more: HTMLButtonElement | undefined;

  constructor(private readonly place: Element) {}

  /** Shows `text` in place of what is there. */
  draw(text: string): void {
    if (!text.startsWith(this.#text.slice(0, this.#finished))) {
      this.clear();
    }
    this.#text = text;
    this.#fill(Math.min(text.length, this.#most));
    this.#offer();
  }

  /** Nothing is shown any more. */
  clear(): void {
    this.place.replaceChildren();
    this.#text = "";
    this.#finished = 0;
    this.#last = this.#more = undefined;
    this.#most = MOST_SHOWN;
  }

  #fill(end: number): void {
    while (end - this.#finished > STRETCH) {
      const stretch = this.#text.slice(this.#finished, this.#finished + STRETCH);
      const line = stretch.lastIndexOf("\n") + 1;
      this.#put(line === 0 ? whole(stretch) : stretch.slice(0, line));
      const block = document.createElement("div");
      this.#last?.parentElement?.replaceWith(block);
      block.append(this.#last ?? "");
      this.#finished += this.#last?.length ?? 0;
      this.#last = undefined;
    }
    this.#put(this.#text.slice(this.#finished, end));
  }

  /** Shows `stretch` as the last one: beside it stands what shows that more is to come. */
  #put(stretch: string): void {
    if (!this.#last) {
      this.#last = new Text();
      const line = document.createElement("span");
      line.append(this.#last);
      this.place.insertBefore(line, this.#more ?? null);
    }
    if (stretch.startsWith(this.#last.data)) {
      this.#last.appendData(stretch.slice(this.#last.length));
    } else {
      this.#last.data = stretch;
    }
  }

  /** Offers the rest where there is one. */
  #offer(): void {
    if (this.#text.length <= this.#most) {
      this.#more?.remove();
      this.#more = undefined;
      return;
    }
    if (!this.#more) {
      this.#more = document.createElement("button");
      Object.assign(this.#more, { type: "button", className: "more", onclick: () => this.#showAll() });
      this.place.append(this.#more);
    }
    this.#more.textContent = `Show all ${this.#text.length.toLocaleString()} characters`;
  }

  /** Shows the rest, a part a frame: the page answers meanwhile. */
  #showAll(): void {
    this.#most = this.#most >= this.#text.length ? Infinity : this.#most + AT_ONCE;
    this.draw(this.#text);
    if (this.#most !== Infinity) {
      requestAnimationFrame(() => this.#showAll());
    }
  }
}

/** Without half of a character at its end. */
function whole(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
