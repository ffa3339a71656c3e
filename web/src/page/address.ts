/** What the page's address asks for. */

import type { Device, Dtype, Hub, KeptModel, LoadOptions, Sampling, Source } from "../engine/reckon";

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

/** Reads `?model=` or `?repo=`, `file`, `host`, `device`, `activations`, `dtype`, `kv`, `context`, `temperature`, `seed`, `max_tokens`, `system` and `keep`. */
export function wishes(address: URL): Wishes {
  const asked = address.searchParams;
  const number = (name: string) => {
    const value = asked.get(name);
    return value === null || value === "" || Number.isNaN(Number(value)) ? undefined : Number(value);
  };
  const [context, temperature, seed] = [number("context"), number("temperature"), number("seed")];
  const [dtype, kv] = [asked.get("dtype"), asked.get("kv")];
  const [device, activations] = [asked.get("device"), asked.get("activations")];
  const [model, repo] = [asked.get("model"), asked.get("repo")];
  return {
    choice: repo
      ? onHub(repo, { file: asked.get("file"), host: asked.get("host") })
      : model
        ? atAddress(model, address)
        : undefined,
    load: {
      // A name the engine does not know is refused by the engine, in its own words.
      ...(device ? { device: device as Device } : {}),
      ...(activations ? { activations: activations as "int8" | "f32" } : {}),
      ...(dtype ? { dtype: dtype as Dtype } : {}),
      ...(kv ? { kv: kv as "f16" | "f32" } : {}),
      ...(context === undefined ? {} : { context }),
      keep: asked.get("keep") !== "no",
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

/** The model in a repository, `owner/name` or `owner/name@revision`: a `.gguf` of it, or the folder that it is. */
export function onHub(given: string, { file, host }: { file?: string | null; host?: string | null } = {}): Choice {
  const [repo = "", revision] = given.split("@", 2);
  const hub: Hub = { repo, ...(revision ? { revision } : {}), ...(file ? { file } : {}), ...(host ? { host } : {}) };
  return { source: { hub }, name: (file || repo).split("/").at(-1) || given };
}

/** What a visitor typed: `owner/name` of a hub, or an address or a path. */
export function named(given: string, page: URL): Choice {
  const isRepo = /^[A-Za-z0-9_][\w.-]*\/[A-Za-z0-9_][\w.-]*(@\S+)?$/.test(given) && !/\.gguf$/i.test(given);
  return isRepo ? onHub(given) : atAddress(given, page);
}

/** A model that is kept on this device. */
export function ofKept({ source }: KeptModel): Choice {
  const kept = JSON.parse(source) as Exclude<Source, { files: unknown }>;
  if ("url" in kept) {
    return atAddress(kept.url, new URL(location.href));
  }
  const { repo, revision, file, host } = kept.hub;
  return onHub(revision ? `${repo}@${revision}` : repo, { ...(file ? { file } : {}), ...(host ? { host } : {}) });
}

/** The choice with a token for its hub. */
export function withToken(choice: Choice, token: string): Choice {
  const { source } = choice;
  return "hub" in source ? { ...choice, source: { hub: { ...source.hub, token } } } : choice;
}

/** Where a repository's page is. */
export function hubPage({ host = "https://huggingface.co", repo }: Hub): URL {
  return new URL(`${host.replace(/\/+$/, "")}/${repo}`);
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
