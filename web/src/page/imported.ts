/** Conversations that come from a file. It is not trusted: what does not have its shape is refused, in words. */

import type { Statistics } from "../engine/reckon";
import { FORMAT, VERSION } from "./exported";
import { freshId, numbers, type Record, titleOf, type TurnRecord } from "./record";
import type { Ending, TurnSettings } from "./turn";

const ENDINGS: readonly Ending[] = ["stop", "length", "context", "memory", "abort", "interrupted"];
const NO_STATISTICS: Statistics = {
  prompt_tokens: 0,
  cached_tokens: 0,
  completion_tokens: 0,
  reasoning_tokens: 0,
  prefill_ms: 0,
  decode_ms: 0,
  prefill_tokens_per_s: 0,
  decode_tokens_per_s: 0,
  dispatches: 0,
  heap_bytes: 0,
  gpu_bytes: 0,
};

/** What a file holds; throws, in words, where it is no export. */
export function imported(text: string): Record[] {
  const file = fields(parsed(text));
  if (file["format"] !== FORMAT) {
    throw new Error(`the file says format ${JSON.stringify(file["format"] ?? null)}; expected "${FORMAT}", as this page exports it`);
  }
  if (file["version"] !== VERSION) {
    throw new Error(`the file is of version ${JSON.stringify(file["version"] ?? null)}; this page reads version ${VERSION}`);
  }
  if (!Array.isArray(file["conversations"])) {
    throw new Error("the file has no list of conversations");
  }
  return file["conversations"].map(readRecord);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error("the file is no JSON; expected one that this page exported");
  }
}

function readRecord(value: unknown, place: number): Record {
  const { id, title, created, changed, turns } = fields(value);
  if (!Array.isArray(turns) || turns.length === 0) {
    throw new Error(`conversation ${place + 1} of the file has no turns`);
  }
  const read = turns.map((turn, i) => readTurn(turn, i, `turn ${i + 1} of conversation ${place + 1}`));
  return {
    id: word(id) || freshId(),
    title: titleOf(word(title)) || titleOf(read[0]?.question ?? ""),
    created: number(created) ?? Date.now(),
    changed: number(changed) ?? Date.now(),
    turns: read,
  };
}

function readTurn(value: unknown, place: number, name: string): TurnRecord {
  const turn = fields(value);
  const after = turn["after"] ?? null;
  if (after !== null && !(Number.isInteger(after) && (after as number) >= 0 && (after as number) < place)) {
    throw new Error(`${name} follows ${JSON.stringify(after)}; expected null or the place of an earlier turn`);
  }
  if (typeof turn["question"] !== "string" || typeof turn["answer"] !== "string") {
    throw new Error(`${name} has no question or no answer; expected text`);
  }
  const cut = number(turn["cut_short"]);
  return {
    after: after as number | null,
    is_shown: turn["is_shown"] === true,
    question: turn["question"],
    thinking: word(turn["thinking"]),
    answer: turn["answer"],
    model: word(turn["model"]),
    settings: readSettings(turn["settings"]),
    reason: ENDINGS.find((ending) => ending === turn["reason"]) ?? null,
    fault: word(turn["fault"]) || null,
    thinking_ms: number(turn["thinking_ms"]) ?? 0,
    thinking_tokens: number(turn["thinking_tokens"]) ?? 0,
    cut_short: cut ?? null,
    statistics: readStatistics(turn["statistics"]),
  };
}

function readSettings(value: unknown): TurnSettings | null {
  if (typeof value !== "object" || value === null) {
    return null;
  }
  const { sampling, max_tokens, max_reasoning_tokens, system } = fields(value);
  const [most, budget] = [number(max_tokens), number(max_reasoning_tokens)];
  return {
    sampling: numbers(fields(sampling)),
    ...(most === undefined ? {} : { max_tokens: most }),
    ...(budget === undefined ? {} : { max_reasoning_tokens: budget }),
    ...(typeof system === "string" ? { system } : {}),
  };
}

function readStatistics(value: unknown): Statistics | null {
  const found = Object.entries(numbers(fields(value))).filter(([name]) => name in NO_STATISTICS);
  return found.length === 0 ? null : { ...NO_STATISTICS, ...Object.fromEntries(found) };
}

function fields(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null ? (value as { [name: string]: unknown }) : {};
}

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
