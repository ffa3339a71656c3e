/** What a screen reader is told: where an answer is, each state of it once, and what an action has done. */

import type { Conversation } from "./conversation";
import { tokens } from "./quantities";

/** Words that are to be told once. */
export class Told extends Event {
  constructor(readonly words: string) {
    super("told", { bubbles: true, composed: true });
  }
}

/** Where the answer of a conversation is, in few words. */
export function progressOf({ isRunning, turns, ended }: Conversation): string {
  const last = turns.at(-1);
  if (isRunning && last) {
    return last.isThinking ? "Thinking" : last.answer === "" ? "Reading your question" : "Answering";
  }
  if (!ended || ended !== last) {
    return "";
  }
  const count = tokens(ended.statistics?.completion_tokens ?? 0);
  return `${ended.reason === "abort" ? "Stopped" : "Done"}, ${count}`;
}
