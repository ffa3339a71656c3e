import { html, LitElement, nothing, type TemplateResult } from "lit";

import { isOfFamily } from "../presets/family";
import { NOT_FOR, type Preset, PRESETS } from "../presets/presets";
import { type Choice, wishes } from "./address";
import { base } from "./base_styles";
import { controls } from "./controls";
import {
  type Answers, answersOf, isUnset, keepSettings, keptSettings, presetOf, recommended, type SamplingNumber, settingsOfPreset, UNSET,
} from "./settings";
import { settingsStyles } from "./settings_styles";
import "./theme_switch";

/** How questions are answered from now on. */
export class Changed extends Event {
  constructor(readonly answers: Answers) {
    super("change");
  }
}

/** A number that can be set. */
interface Field {
  readonly name: SamplingNumber | "max_tokens";
  readonly label: string;
  readonly hint: string;
  readonly min: number;
  readonly max?: number;
  readonly step: number | "any";
  /** What the engine takes where nobody says. */
  readonly usual: string;
}

const FIELDS: readonly Field[] = [
  { name: "temperature", label: "Temperature", hint: "0 takes the likeliest token", min: 0, max: 100, step: "any", usual: "0.6" },
  { name: "top_p", label: "Top-p", hint: "1 keeps all tokens", min: 0.001, max: 1, step: "any", usual: "0.95" },
  { name: "top_k", label: "Top-k", hint: "the k likeliest alone", min: 1, step: 1, usual: "all" },
  { name: "min_p", label: "Min-p", hint: "a share of the likeliest", min: 0, max: 1, step: "any", usual: "none" },
  { name: "repetition_penalty", label: "Repetition penalty", hint: "1 is none", min: 0.01, step: "any", usual: "1" },
  { name: "max_tokens", label: "Most tokens", hint: "of thinking and answer", min: 1, step: 1, usual: "the context" },
  { name: "seed", label: "Seed", hint: "the same one, the same answer", min: 0, max: Number.MAX_SAFE_INTEGER, step: 1, usual: "new each time" },
];

/** What can be set of how questions are answered; what is left empty is as the model recommends. */
export class SettingsPanel extends LitElement {
  static override properties = { choice: { attribute: false }, settings: { state: true } };

  /** The model that is asked. */
  choice: Choice | undefined;
  settings: Answers = keptSettings();
  /** The page's address wins. */
  readonly #asked: Answers = wishes(new URL(location.href)).answering;

  override render(): TemplateResult {
    const preset = presetOf(this.settings);
    return html`
      <fieldset class="presets">
        <legend>What for</legend>
        <div class="row">
          ${this.#pill("As the model recommends", isUnset(this.settings), UNSET)}
          ${PRESETS.map((each) => this.#pill(each.label, each === preset, settingsOfPreset(each)))}
        </div>
        <p aria-live="polite">${this.#about(preset)}</p>
      </fieldset>
      <label class="system">
        <span>System prompt ${this.#asked.system === undefined ? nothing : this.#fixed()}</span>
        <textarea rows="3" dir="auto" placeholder="none is sent" ?disabled=${this.#asked.system !== undefined}
          .value=${this.#asked.system ?? this.settings.system ?? ""}
          @change=${(event: Event) => this.#setSystem((event.target as HTMLTextAreaElement).value)}></textarea>
      </label>
      <div class="numbers">${FIELDS.map((field) => this.#number(field))}</div>
      <button type="button" ?disabled=${isUnset(this.settings)} @click=${() => this.#set(UNSET)}>Reset all to what the model recommends</button>
    `;
  }

  #pill(label: string, isChosen: boolean, settings: Answers): TemplateResult {
    return html`
      <label class="pill">
        <input type="radio" name="preset" .checked=${isChosen} @change=${() => this.#set(settings)} /><span>${label}</span>
      </label>
    `;
  }

  /** An honest word. */
  #about(preset: Preset | undefined): string {
    const name = this.choice?.name ?? "this model";
    if (!preset) {
      return isUnset(this.settings) ? `Sampling as ${isOfFamily(name) ? "in the paper on MobileLLM-R1" : `${name} recommends`}, and no system prompt.` : "Your own.";
    }
    const doubt = isOfFamily(name) ? "" : ` This is for MobileLLM-R1; ${name} was not trained with it and may answer worse.`;
    return `${preset.about} ${NOT_FOR}${doubt}`;
  }

  #number({ name, label, hint, min, max, step, usual }: Field): TemplateResult {
    const of = ({ sampling, maxTokens }: Answers) => (name === "max_tokens" ? maxTokens : sampling[name]);
    const fixed = of(this.#asked);
    const set = (event: Event) => {
      const input = event.target as HTMLInputElement;
      if (input.reportValidity()) {
        this.#setNumber(name, input.value === "" ? undefined : input.valueAsNumber);
      }
    };
    return html`
      <label>
        <span>${label} ${fixed === undefined ? nothing : this.#fixed()}</span>
        <input type="number" inputmode="decimal" min=${min} max=${max ?? nothing} step=${step} ?disabled=${fixed !== undefined}
          placeholder=${String(of(recommended(this.choice)) ?? usual)} .value=${String(fixed ?? of(this.settings) ?? "")} @change=${set} />
        <small>${hint}</small>
      </label>
    `;
  }

  #fixed(): TemplateResult {
    return html`<em>set by the page’s address</em>`;
  }

  #setSystem(words: string): void {
    this.#set({ ...this.settings, system: words.trim() === "" ? undefined : words });
  }

  #setNumber(name: Field["name"], value: number | undefined): void {
    if (name === "max_tokens") {
      this.#set({ ...this.settings, maxTokens: value });
      return;
    }
    const { [name]: _, ...rest } = this.settings.sampling;
    this.#set({ ...this.settings, sampling: value === undefined ? rest : { ...rest, [name]: value } });
  }

  #set(settings: Answers): void {
    this.settings = settings;
    keepSettings(settings);
    this.dispatchEvent(new Changed(answersOf(this.#asked, settings, this.choice)));
  }

  static override styles = [base, controls, settingsStyles];
}

customElements.define("reckon-settings", SettingsPanel);
