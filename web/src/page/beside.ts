/** The model that lies beside the app, and what whoever put it there says of it. */

import { atAddress } from "../engine/place";
import type { Sampling } from "../engine/reckon";
import type { Choice } from "./address";
import type { Card } from "./card";

/** More examples than this are not shown. */
const MOST_EXAMPLES = 5;

/** The model that lies beside the app, if there is one. */
export async function besideTheApp(page: URL): Promise<Choice | undefined> {
  try {
    const response = await fetch(new URL("models/default.json", page));
    const at = (file: string) => atAddress(`models/${encodeURIComponent(file)}`, new URL(".", page));
    return response.ok ? ofCard((await response.json()) as unknown, at) : undefined;
  } catch {
    // No such file, or a page in its place: there is none.
    return undefined;
  }
}

/** The model that a description names; `at` tells where its file is. */
export function ofCard(description: unknown, at: (file: string) => Choice): Choice | undefined {
  const { file, name, about, licence, size_bytes, examples, recommended } = fields(description);
  const path = word(file);
  if (path === undefined) {
    return undefined;
  }
  const choice = at(path);
  const { max_tokens, ...sampling } = fields(recommended);
  const numbers = Object.entries(sampling).filter(([, value]) => typeof value === "number");
  const card: Card = {
    about: word(about),
    licence: word(licence),
    size_bytes: count(size_bytes),
    examples: (Array.isArray(examples) ? examples : []).filter((example) => word(example) !== undefined).slice(0, MOST_EXAMPLES),
    // A name the engine does not know is refused by the engine, in its own words.
    sampling: Object.fromEntries(numbers) as Sampling,
    maxTokens: count(max_tokens),
  };
  return { ...choice, name: word(name) ?? choice.name, card };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function word(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
