/** How questions are answered as a visitor has set it: kept for this site, between what a model recommends and what the address asks. */

import type { Sampling } from "../engine/reckon";
import { PAPER_SAMPLING, type Preset, PRESETS } from "../presets/presets";
import { isOfFamily } from "../presets/family";
import type { Answering, Choice } from "./address";

/** What can be set. */
export type Answers = Pick<Answering, "sampling" | "maxTokens" | "system">;

/** Nothing is set. */
export const UNSET: Answers = { sampling: {}, maxTokens: undefined, system: undefined };

/** Numbers of a sampling, in the order in which they are shown; what is set of others is forgotten. */
export const NUMBERS = ["temperature", "top_p", "top_k", "min_p", "repetition_penalty", "seed"] as const;

export type SamplingNumber = (typeof NUMBERS)[number];

const KEY = "settings";
/** A longer prompt is not kept: it was not written by hand. */
const MOST_CHARACTERS = 100_000;

let current = read();

/** What was set on this site. */
export function keptSettings(): Answers {
  return current;
}

/** Keeps what is set. */
export function keepSettings(settings: Answers): void {
  current = settings;
  try {
    if (isUnset(settings)) {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, JSON.stringify(settings));
    }
  } catch {
    // A browser may keep nothing for this page: it holds until the page is left.
  }
}

function read(): Answers {
  try {
    return settingsOf(JSON.parse(localStorage.getItem(KEY) ?? "{}") as unknown);
  } catch {
    // A browser may keep nothing for this page, or something else than it did.
    return UNSET;
  }
}

function settingsOf(kept: unknown): Answers {
  const { sampling, maxTokens, system } = (typeof kept === "object" && kept !== null ? kept : {}) as Partial<Record<keyof Answers, unknown>>;
  const numbers = Object.entries(typeof sampling === "object" && sampling !== null ? sampling : {});
  const known = numbers.filter(([name, value]) => (NUMBERS as readonly string[]).includes(name) && typeof value === "number");
  return {
    sampling: Object.fromEntries(known) as Sampling,
    maxTokens: typeof maxTokens === "number" ? maxTokens : undefined,
    system: typeof system === "string" && system.length <= MOST_CHARACTERS ? system : undefined,
  };
}

/** How a model answers best, as its card or its authors say. */
export function recommended(choice: Choice | undefined): Answers {
  const { card, name = "" } = choice ?? {};
  const sampling = card?.sampling ?? (isOfFamily(name) ? PAPER_SAMPLING : {});
  return { sampling, maxTokens: card?.maxTokens, system: undefined };
}

/** How a model's questions are answered: as the page's address asks, else as a visitor set it, else as the model recommends. */
export function answersOf(asked: Answers, settings: Answers, choice: Choice | undefined): Answers {
  const best = recommended(choice);
  return {
    sampling: { ...best.sampling, ...settings.sampling, ...asked.sampling },
    maxTokens: asked.maxTokens ?? settings.maxTokens ?? best.maxTokens,
    system: asked.system ?? settings.system ?? best.system,
  };
}

/** The same with all else that the page's address asks. */
export function answering(asked: Answering, choice: Choice): Answering {
  return { ...asked, ...answersOf(asked, current, choice) };
}

/** What a preset sets. */
export function settingsOfPreset({ system, sampling }: Preset): Answers {
  return { sampling, maxTokens: undefined, system };
}

/** The preset that settings are, where they are one. */
export function presetOf(settings: Answers): Preset | undefined {
  const seen = ({ sampling, maxTokens, system }: Answers) => JSON.stringify([NUMBERS.map((name) => sampling[name]), maxTokens, system]);
  return PRESETS.find((preset) => seen(settingsOfPreset(preset)) === seen(settings));
}

/** Whether nothing is set. */
export function isUnset({ sampling, maxTokens, system }: Answers): boolean {
  return Object.keys(sampling).length === 0 && maxTokens === undefined && system === undefined;
}
