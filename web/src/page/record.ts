/** A conversation as it is kept on the device and exported, and the turns that are made of it again. */

import type { Statistics } from "../engine/reckon";
import { Branches } from "./branches";
import { type Ending, Turn, type TurnSettings } from "./turn";

/** Longer titles are cut. */
const TITLE_CHARACTERS = 80;

/** A turn; `after` is the place in the list of the one that it follows. */
export interface TurnRecord {
  readonly after: number | null;
  /** Whether this version is the one that is shown. */
  readonly is_shown: boolean;
  readonly question: string;
  readonly thinking: string;
  readonly answer: string;
  readonly model: string;
  readonly settings: TurnSettings | null;
  readonly reason: Ending | null;
  readonly fault: string | null;
  readonly thinking_ms: number;
  readonly thinking_tokens: number;
  readonly cut_short: number | null;
  readonly statistics: Statistics | null;
}

/** What a list tells of a conversation. */
export interface Heading {
  readonly id: string;
  readonly title: string;
  /** When it began and when it last changed: milliseconds since 1970. */
  readonly created: number;
  readonly changed: number;
}

/** A whole conversation. */
export interface Record extends Heading {
  readonly turns: readonly TurnRecord[];
}

/** What is kept of a conversation. */
interface Kept {
  readonly id: string;
  readonly title: string;
  readonly created: number;
  readonly branches: Branches;
}

/** What cannot be seen, and what would turn the text around it. */
const UNSEEN = /[\p{Cc}\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** The first question as a title: one line, and not a long one. */
export function titleOf(question: string): string {
  const line = question.slice(0, 4 * TITLE_CHARACTERS).replace(UNSEEN, " ").trim();
  const characters = Array.from(line);
  return characters.length > TITLE_CHARACTERS ? `${characters.slice(0, TITLE_CHARACTERS - 1).join("")}…` : line;
}

/** An id that no other conversation has; where a page is not served securely a browser makes no UUIDs. */
export function freshId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, "0")).join("");
}

/** A conversation as it stands now. */
export function recordOf({ id, title, created, branches }: Kept): Record {
  const places = new Map(branches.all.map((turn, place) => [turn, place]));
  const turns = branches.all.map((turn): TurnRecord => ({
    after: turn.after ? (places.get(turn.after) ?? null) : null,
    is_shown: branches.shownAfter(turn.after) === turn,
    question: turn.question,
    thinking: turn.thinking,
    answer: turn.answer,
    model: turn.model,
    settings: turn.settings ?? null,
    reason: turn.reason ?? null,
    fault: turn.fault ?? null,
    thinking_ms: turn.thinkingMs,
    thinking_tokens: turn.thinkingTokens,
    cut_short: turn.cutShort ?? null,
    statistics: turn.statistics ?? null,
  }));
  return { id, title, created, changed: Date.now(), turns };
}

/** The turns of a record; one that was under way is over. */
export function turnsOf({ turns }: Record): Branches {
  const branches = new Branches();
  const made: Turn[] = [];
  const shown: Turn[] = [];
  for (const record of turns) {
    const turn = new Turn(record.question, record.after === null ? undefined : made[record.after]);
    turn.thinking = record.thinking;
    turn.answer = record.answer;
    turn.model = record.model;
    turn.settings = record.settings ?? undefined;
    turn.fault = record.fault ?? undefined;
    turn.reason = record.reason ?? (record.fault === null ? "interrupted" : undefined);
    turn.statistics = record.statistics ?? undefined;
    turn.thinkingTokens = record.thinking_tokens;
    turn.cutShort = record.cut_short ?? undefined;
    if (record.thinking !== "") {
      turn.thinkingFrom = 0;
      turn.thinkingTo = record.thinking_ms;
    }
    made.push(turn);
    branches.add(turn);
    if (record.is_shown) {
      shown.push(turn);
    }
  }
  shown.forEach((turn) => branches.show(turn));
  return branches;
}

/** What is a number of an object: of a sampling, what a file can hold. */
export function numbers(value: object): { [name: string]: number } {
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => Number.isFinite(entry[1])));
}
