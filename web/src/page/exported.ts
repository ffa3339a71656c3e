/** Conversations as files: JSON that this page reads again, and Markdown for everybody else. */

import type { Record, TurnRecord } from "./record";

/** What stands at the head of an exported file. */
export const FORMAT = "reckon-conversations";
export const VERSION = 1;

/** Conversations as JSON, with all their versions. */
export function asJson(conversations: readonly Record[]): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, conversations }, undefined, 2)}\n`;
}

/** A conversation as Markdown, in the versions that are shown. */
export function asMarkdown({ title, created, turns }: Record): string {
  const day = new Date(created).toISOString().slice(0, 10);
  const models = [...new Set(turns.map(({ model }) => model).filter((model) => model !== ""))];
  const parts = [`# ${title}`, `*${[day, ...models].join(" · ")}*`];
  for (const { question, thinking, answer, reason, fault } of shown(turns)) {
    parts.push("## Question", question);
    if (thinking.trim() !== "") {
      parts.push("### Thinking", quoted(thinking.trim()));
    }
    parts.push("### Answer", answer.trim() || "(none)");
    const ending = fault ?? (reason === "stop" ? null : reason);
    if (ending !== null) {
      parts.push(`*Ended early: ${ending}*`);
    }
  }
  return `${parts.join("\n\n")}\n`;
}

/** The turns that are shown, from the first to the last. */
function shown(turns: readonly TurnRecord[]): TurnRecord[] {
  const path: TurnRecord[] = [];
  let place: number | null = null;
  for (const [i, turn] of turns.entries()) {
    // Versions may stand in any order, but what follows a turn stands after it.
    if (turn.after === place && turn.is_shown) {
      path.push(turn);
      place = i;
    }
  }
  return path;
}

function quoted(text: string): string {
  return text.replace(/^/gm, "> ");
}

/** A file's name made of a title. */
export function fileName(title: string, ending: string): string {
  const name = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 50);
  return `${name || "conversation"}.${ending}`;
}

/** Gives a text to the visitor as a file. */
export function download(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
