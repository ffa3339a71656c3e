/** What the page's address asks for. */

import type { Dtype, LoadOptions, Sampling, Source } from "../engine/reckon";

/** A model to open, and what the page calls it. */
export interface Choice {
  readonly source: Source;
  readonly name: string;
}

/** The page's own settings. */
export interface Wishes {
  readonly choice: Choice | undefined;
  readonly load: LoadOptions;
  readonly sampling: Sampling;
  readonly maxTokens: number | undefined;
  readonly system: string | undefined;
}

/** Reads `?model=`, `dtype`, `kv`, `context`, `temperature`, `seed`, `max_tokens` and `system`. */
export function wishes(address: URL): Wishes {
  const asked = address.searchParams;
  const number = (name: string) => {
    const value = asked.get(name);
    return value === null || value === "" || Number.isNaN(Number(value)) ? undefined : Number(value);
  };
  const [context, temperature, seed] = [number("context"), number("temperature"), number("seed")];
  const [dtype, kv] = [asked.get("dtype"), asked.get("kv")];
  const model = asked.get("model");
  return {
    choice: model ? atAddress(model, address) : undefined,
    load: {
      // A name the engine does not know is refused by the engine, in its own words.
      ...(dtype ? { dtype: dtype as Dtype } : {}),
      ...(kv ? { kv: kv as "f16" | "f32" } : {}),
      ...(context === undefined ? {} : { context }),
    },
    sampling: {
      ...(temperature === undefined ? {} : { temperature }),
      ...(seed === undefined ? {} : { seed }),
    },
    maxTokens: number("max_tokens"),
    system: asked.get("system") ?? undefined,
  };
}

/** The model at an address, relative to the page's. */
export function atAddress(model: string, page: URL): Choice {
  const url = new URL(model, page);
  const names = url.pathname.split("/").filter((name) => name !== "");
  return { source: { url: url.href }, name: decodeURIComponent(names.at(-1) ?? url.host) };
}

/** The model that lies beside the app, if there is one. */
export async function besideTheApp(page: URL): Promise<Choice | undefined> {
  try {
    const response = await fetch(new URL("models/default.json", page));
    const about: unknown = response.ok ? await response.json() : undefined;
    const { file, name } = (about ?? {}) as { file?: unknown; name?: unknown };
    if (typeof file !== "string") {
      return undefined;
    }
    const choice = atAddress(`models/${encodeURIComponent(file)}`, new URL(".", page));
    return { ...choice, name: typeof name === "string" ? name : choice.name };
  } catch {
    // No such file, or a page in its place: there is none.
    return undefined;
  }
}
