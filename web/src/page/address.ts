/** What the page's address asks for. */

import { admitted, atAddress, named, onHub, type Place } from "../engine/place";
import type { Device, Dtype, GivenFile, Hub, KeptModel, LoadOptions, Sampling, Source } from "../engine/reckon";
import type { Card } from "./card";

/** A model to open, and what the page calls it. */
export interface Choice extends Place {
  /** What is said of it, where it lies beside the app. */
  readonly card?: Card;
  /** How it is loaded, where a visitor chose that with it. */
  readonly load?: LoadOptions;
}

/** The page's own settings. */
export interface Wishes {
  readonly choice: Choice | undefined;
  readonly load: LoadOptions;
  readonly answering: Answering;
  /** A question to ask as soon as there is a model. */
  readonly question: string | undefined;
}

/** How questions are answered. */
export interface Answering {
  readonly sampling: Sampling;
  readonly maxTokens: number | undefined;
  /** Most tokens of thinking. */
  readonly maxThinking: number | undefined;
  readonly system: string | undefined;
}

/** Reads `?model=` or `?repo=`, `file`, `host`, `device`, `activations`, `dtype`, `kv`, `context`, `temperature`, `seed`, `max_tokens`, `max_thinking`, `system`, `ask` and `keep`. */
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
    answering: {
      sampling: {
        ...(temperature === undefined ? {} : { temperature }),
        ...(seed === undefined ? {} : { seed }),
      },
      maxTokens: number("max_tokens"),
      maxThinking: number("max_thinking"),
      system: asked.get("system") ?? undefined,
    },
    question: asked.get("ask")?.trim() || undefined,
  };
}

/** What a visitor chose, typed, picked or dropped; nothing where that is nothing. Throws where it is no address. */
export function brought(given: Choice | readonly GivenFile[] | string, page: URL): Choice | undefined {
  if (typeof given === "string") {
    return named(given, page);
  }
  if ("source" in given) {
    return given;
  }
  const [first] = given;
  return first && { source: { files: given }, name: first.path.split("/")[0] ?? first.path };
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
  return { ...choice, source: admitted(choice.source, token) };
}

/** Where a repository's page is. */
export function hubPage({ host = "https://huggingface.co", repo }: Hub): URL {
  return new URL(`${host.replace(/\/+$/, "")}/${repo}`);
}
