/** Thinking as it grows: text is added to what stands there, in blocks, and of what is very long the end is drawn. */

/** A block ends at the first line's end after so many characters. */
const BLOCK_CHARACTERS = 2000;
/** Without a line's end it ends after so many. */
const LONGEST_BLOCK = 2 * BLOCK_CHARACTERS;
/** So much is drawn until more is asked for, and so much more each time. */
const WINDOW_CHARACTERS = 80_000;

/** A place where one text is drawn, again and again while it grows. */
export class Thoughts {
  #text = "";
  /** What is drawn of it. */
  #from = 0;
  #to = 0;
  #window = WINDOW_CHARACTERS;
  #blocks: { readonly place: HTMLElement; readonly text: Text; readonly from: number }[] = [];

  constructor(private readonly place: Element) {}

  /** How many characters before what is drawn are left out. */
  get hidden(): number {
    return this.#from;
  }

  /** Draws `text`, which begins with what was drawn before or is another. */
  draw(text: string): void {
    if (text.length < this.#to) {
      this.#clear(0);
    }
    this.#text = text;
    if (text.length - this.#to > this.#window) {
      this.#clear(text.length - this.#window);
    }
    while (this.#to < text.length) {
      this.#grow();
    }
    while (text.length - (this.#blocks[1]?.from ?? text.length) >= this.#window) {
      this.#blocks.shift()?.place.remove();
      this.#from = this.#blocks[0]?.from ?? 0;
    }
  }

  /** Draws more of what was left out. */
  more(): void {
    this.#window += WINDOW_CHARACTERS;
    this.#clear(Math.max(0, this.#text.length - this.#window));
    this.draw(this.#text);
  }

  #clear(from: number): void {
    this.place.replaceChildren();
    this.#blocks = [];
    this.#from = from;
    this.#to = from;
  }

  /** Adds to the last block what it has room for. */
  #grow(): void {
    let block = this.#blocks.at(-1);
    if (!block || block.text.length >= LONGEST_BLOCK || (block.text.length >= BLOCK_CHARACTERS && block.text.data.endsWith("\n"))) {
      const place = document.createElement("p");
      place.dir = "auto";
      const text = place.appendChild(document.createTextNode(""));
      this.place.append(place);
      block = { place, text, from: this.#to };
      this.#blocks.push(block);
    }
    const start = block.from;
    const lineEnd = this.#text.indexOf("\n", Math.max(this.#to, start + BLOCK_CHARACTERS - 1));
    const end = Math.min(this.#text.length, start + LONGEST_BLOCK, lineEnd < 0 ? Infinity : lineEnd + 1);
    block.text.appendData(this.#text.slice(this.#to, end));
    this.#to = end;
  }
}
