/** Where a model lies, as a person writes it. */

import type { Hub, Source } from "./messages";

/** A model's source, and what it is called. */
export interface Place {
  readonly source: Source;
  readonly name: string;
}

/** The model at an address, relative to `base`. Throws where it is no address. */
export function atAddress(model: string, base: URL): Place {
  const url = new URL(model, base);
  const names = url.pathname.split("/").filter((name) => name !== "");
  return { source: { url: url.href }, name: decodeURIComponent(names.at(-1) ?? url.host) };
}

/** The model in a repository, `owner/name` or `owner/name@revision`: a `.gguf` of it, or the folder that it is. */
export function onHub(given: string, { file, host }: { file?: string | null; host?: string | null } = {}): Place {
  const [repo = "", revision] = given.split("@", 2);
  const hub: Hub = { repo, ...(revision ? { revision } : {}), ...(file ? { file } : {}), ...(host ? { host } : {}) };
  return { source: { hub }, name: (file || repo).split("/").at(-1) || given };
}

/** `owner/name`, `owner/name@revision`, and either with `:file.gguf` after it; no path ends so. */
const REPOSITORY = /^([A-Za-z0-9_][\w.-]*\/[A-Za-z0-9_][\w.-]*(?:@[^\s:]+)?)(?::(\S+\.gguf))?$/i;

/** What a person wrote: `owner/name[@revision][:file.gguf]` of a hub, or an address or a path relative to `base`. */
export function named(given: string, base: URL): Place {
  const [, repo, file] = REPOSITORY.exec(given) ?? [];
  const isPath = file === undefined && /\.gguf$/i.test(given);
  return repo === undefined || isPath ? atAddress(given, base) : onHub(repo, { file: file ?? null });
}

/** The source with a token for its hub. */
export function admitted(source: Source, token: string): Source {
  return "hub" in source ? { hub: { ...source.hub, token } } : source;
}
