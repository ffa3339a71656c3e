import type { Sampling } from "../engine/reckon";

/** What is said of a model in `models/default.json`, beside its file and its name. */
export interface Card {
  /** One line: what it is for, and what not. */
  readonly about: string | undefined;
  readonly licence: string | undefined;
  readonly size_bytes: number | undefined;
  /** Questions to begin with. */
  readonly examples: readonly string[];
  /** How it answers best; the page's address may say otherwise. */
  readonly sampling: Sampling;
  readonly maxTokens: number | undefined;
}
