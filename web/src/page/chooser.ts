import { html, LitElement, nothing, type TemplateResult } from "lit";

import { onHub } from "../engine/place";
import type { Dtype, LoadOptions, Plan, Prospect, Room } from "../engine/reckon";
import { lookAround } from "../engine/room";
import { prospect } from "../engine/verdict";
import { DTYPES, planOf } from "../presets/estimate";
import { FAMILY, LICENCE, type Member } from "../presets/family";
import { type Choice, wishes } from "./address";
import { base } from "./base_styles";
import { besideTheApp } from "./beside";
import { chooserStyles } from "./chooser_styles";
import { controls } from "./controls";
import { Entered } from "./entered";
import { verdict } from "./plan_view";
import { bytes } from "./quantities";

/** The models to choose from: what each takes, how it scores, and whether this device has room for it. Nothing is fetched. */
export class Chooser extends LitElement {
  static override properties = { beside: { state: true }, room: { state: true }, chosen: { state: true } };

  /** The model beside the app. */
  beside: Choice | undefined;
  /** What the device offers, once that is known. */
  room: Room | undefined;
  /** How matrices are to be held, by repository; as suits the model where nothing was chosen. */
  chosen: ReadonlyMap<string, Dtype> = new Map();
  readonly #asked = known(wishes(new URL(location.href)).load);

  override connectedCallback(): void {
    super.connectedCallback();
    void besideTheApp(new URL(location.href)).then((beside) => (this.beside = beside));
    void lookAround("webgpu", this.#asked).then((room) => (this.room = room));
  }

  override render(): TemplateResult {
    return html`
      <h2>Models</h2>
      <ul>
        ${this.beside ? this.#beside(this.beside) : nothing} ${FAMILY.map((member) => this.#member(member))}
      </ul>
      <p class="small">
        MobileLLM-R1 is Meta’s, under the ${LICENCE}: for research, not for commerce. The hub gives it to whoever has accepted
        that, and asks for a token. Scores are Meta’s own, of the weights as they were published.
      </p>
    `;
  }

  #beside(choice: Choice): TemplateResult {
    const { name, card } = choice;
    const facts = [card?.size_bytes === undefined ? "" : bytes(card.size_bytes), card?.licence ?? "", "comes with this app"];
    return html`
      <li>
        <h3>${name}</h3>
        <p class="small">${facts.filter((fact) => fact !== "").join(" · ")}</p>
        ${card?.about === undefined ? nothing : html`<p>${card.about}</p>`}
        <div class="row">${this.#opener(name, new Entered(choice), true)}</div>
      </li>
    `;
  }

  #member(member: Member): TemplateResult {
    const dtype = this.chosen.get(member.repo) ?? this.#asked.dtype;
    const plan = this.#plan(member, dtype);
    const found = this.room && held(plan, this.room);
    const facts: readonly (readonly [name: string, value: string])[] = [
      ["Download", bytes(plan.download_bytes)],
      ["Memory", bytes(plan.weights_bytes + plan.kv_bytes)],
      ...Object.entries(member.scores).map(([test, score]) => [test, `${score.toFixed(1)} %`] as const),
    ];
    return html`
      <li>
        <h3>${member.name}</h3>
        <p class="small">${member.repo} · ${LICENCE} · gated</p>
        <dl>
          ${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
        </dl>
        <p class="small">
          ${bytes(plan.weights_bytes)} of weights as ${plan.dtypes.join(" and ")}, ${bytes(plan.kv_bytes)} for ${plan.context.toLocaleString()} positions
        </p>
        ${found === undefined ? nothing : html`<p class="small ${typeof found === "string" ? "fault" : found.verdict}">${typeof found === "string" ? found : verdict(found)}</p>`}
        <div class="row">
          <label>Held as ${this.#dtypes(member, dtype)}</label>
          ${this.#opener(member.name, new Entered({ ...onHub(member.repo), ...(dtype ? { load: { dtype } } : {}) }), typeof found !== "string")}
        </div>
      </li>
    `;
  }

  #dtypes(member: Member, chosen: Dtype | undefined): TemplateResult {
    const words = (dtype: Dtype | undefined) => {
      const { dtypes, weights_bytes: weights } = this.#plan(member, dtype);
      return `${dtypes.join(" and ")}, ${bytes(weights)}${dtype === undefined ? ": suits it" : ""}`;
    };
    const choose = (event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      const rest = [...this.chosen].filter(([repo]) => repo !== member.repo);
      this.chosen = new Map(value === "" ? rest : [...rest, [member.repo, value as Dtype]]);
    };
    return html`
      <select aria-label="How ${member.name} is held" @change=${choose}>
        ${[undefined, ...DTYPES].map((dtype) => html`<option value=${dtype ?? ""} ?selected=${dtype === chosen}>${words(dtype)}</option>`)}
      </select>
    `;
  }

  #opener(name: string, entered: Entered, fits: boolean): TemplateResult {
    return html`<button type="button" aria-label="Open: ${name}" ?disabled=${!fits} @click=${() => this.dispatchEvent(entered)}>Open</button>`;
  }

  #plan(member: Member, dtype: Dtype | undefined): Plan {
    const { dtype: _, ...asked } = this.#asked;
    const isGpu = asked.device !== "cpu" && this.room?.buffer_bytes !== undefined;
    return planOf(member, dtype === undefined ? asked : { ...asked, dtype }, isGpu ? "webgpu" : "cpu");
  }

  static override styles = [base, controls, chooserStyles];
}

/** Without a type that the engine does not know and will refuse. */
function known({ dtype, ...load }: LoadOptions): LoadOptions {
  return dtype !== undefined && DTYPES.includes(dtype) ? { ...load, dtype } : load;
}

/** A plan held against the room there is; the words why, where it cannot fit. */
function held(plan: Plan, room: Room): Prospect | string {
  try {
    return prospect(plan, room);
  } catch (thrown) {
    const { message } = thrown as Error;
    return `It does not fit: ${message}.`;
  }
}

customElements.define("reckon-chooser", Chooser);
