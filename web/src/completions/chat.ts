/** Messages in OpenAI's shapes, as the engine takes them. */

import { OptionsError } from "../engine/error";
import type { Message } from "../engine/messages";
import { isAbsent, refuseOthers, shown } from "./refusals";
import type { ChatCompletionMessageParam } from "./shapes";

const ROLES: Readonly<Record<string, Message["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
};

/** The conversation that a request holds; what was thought in it is left out. */
export function conversation(messages: readonly ChatCompletionMessageParam[]): Message[] {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new OptionsError(`messages: ${shown(messages)}; expected at least one message`);
  }
  return messages.map((message, i) => turn(message, `messages[${i}]`));
}

function turn(message: unknown, where: string): Message {
  if (typeof message !== "object" || message === null) {
    throw new OptionsError(`${where}: ${shown(message)}; expected { role, content }`);
  }
  const { role, content, reasoning_content: _, ...rest } = message as Record<string, unknown>;
  const known = typeof role === "string" && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (known === undefined) {
    const roles = Object.keys(ROLES).join(", ");
    throw new OptionsError(`${where}.role: ${shown(role)} is not supported; expected one of ${roles}`);
  }
  refuseOthers(rest, where);
  return { role: known, content: text(content, known, `${where}.content`) };
}

function text(content: unknown, role: Message["role"], where: string): string {
  if (typeof content === "string") {
    return content;
  }
  if (Array.isArray(content)) {
    return content.map((part, i) => partText(part, `${where}[${i}]`)).join("");
  }
  // An answer may have been cut off before its first word.
  if (role === "assistant" && isAbsent(content)) {
    return "";
  }
  throw new OptionsError(`${where}: ${shown(content)}; expected text, or an array of { type: "text", text }`);
}

function partText(part: unknown, where: string): string {
  const { type, text } = (typeof part === "object" && part !== null ? part : {}) as Record<string, unknown>;
  if (type !== "text" || typeof text !== "string") {
    throw new OptionsError(`${where}: ${shown(type ?? part)} is not supported; expected { type: "text", text }`);
  }
  return text;
}
