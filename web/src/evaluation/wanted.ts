/** What the visitor wants asked of which model: the page's form, filled by its address. */

import type { Device, Dtype, LoadOptions } from "../engine/reckon";
import { named } from "../engine/place";
import { type Choice, wishes } from "../page/address";
import { besideTheApp } from "../page/beside";
import type { Manner } from "./examination";
import type { Offer, Suite } from "./messages";

/** What is asked where nobody says. */
const USUAL_SUITE = "gsm8k";

/** The page's form. */
export class Wanted {
  readonly #asked;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly offer: Offer,
    private readonly address: URL,
  ) {
    this.#asked = wishes(address);
    const { searchParams } = address;
    this.#select("suite").replaceChildren(...offer.suites.map(({ name, title }) => new Option(title, name)));
    this.#fill("suite", USUAL_SUITE);
    this.#fill("suite", searchParams.get("suite"));
    this.#fill("model", searchParams.get("repo") ?? searchParams.get("model"));
    this.#fill("device", this.#asked.load.device ?? null);
    this.#fill("dtype", this.#asked.load.dtype ?? null);
    this.#fill("limit", searchParams.get("limit"));
    this.#fill("max_tokens", searchParams.get("max_tokens"));
    this.#fill("temperature", searchParams.get("temperature") ?? `${offer.temperature}`);
    this.#fill("top_p", searchParams.get("top_p") ?? `${offer.top_p}`);
    this.#fill("seed", searchParams.get("seed"));
  }

  /** The suite that is chosen. */
  get suite(): Suite {
    const { value } = this.#select("suite");
    return this.offer.suites.find(({ name }) => name === value) as Suite;
  }

  /** The file that was given, if one was. */
  get file(): File | undefined {
    return this.#input("file").files?.[0];
  }

  /** Takes a file that was dropped or picked, and the suite that its name is of. */
  take(files: FileList): void {
    this.#input("file").files = files;
    const suite = this.offer.suites.find(({ file }) => file === files[0]?.name);
    this.#fill("suite", suite?.name ?? null);
  }

  /** How problems are asked. */
  get manner(): Manner {
    const number = (name: string) => this.#input(name).valueAsNumber;
    return {
      suite: this.suite.name,
      limit: number("limit"),
      max_tokens: number("max_tokens"),
      temperature: number("temperature"),
      top_p: number("top_p"),
      seed: number("seed"),
    };
  }

  /** How the model is held, but for what its choice says. */
  get load(): LoadOptions {
    const { dtype: _, ...asked } = this.#asked.load;
    const dtype = this.#select("dtype").value as Dtype | "";
    return { ...asked, device: this.#select("device").value as Device, ...(dtype ? { dtype } : {}) };
  }

  /** The model. Throws words for the visitor where there is none. */
  async choice(): Promise<Choice> {
    const given = this.#input("model").value.trim();
    const { searchParams } = this.address;
    if (this.#asked.choice && given === (searchParams.get("repo") ?? searchParams.get("model"))) {
      return this.#asked.choice;
    }
    const choice = given === "" ? await besideTheApp(this.address) : named(given, this.address);
    if (choice === undefined) {
      throw new Error("there is no model beside the app; name one");
    }
    return choice;
  }

  #input(name: string): HTMLInputElement {
    return this.form.elements.namedItem(name) as HTMLInputElement;
  }

  #select(name: string): HTMLSelectElement {
    return this.form.elements.namedItem(name) as HTMLSelectElement;
  }

  /** Sets a field, unless there is nothing to set it to, or it takes no such thing. */
  #fill(name: string, value: string | null): void {
    const field = this.form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
    const before = field.value;
    if (value !== null) {
      field.value = value;
      field.value ||= before;
    }
  }
}
