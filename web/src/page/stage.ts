/** What the page is about just now. */

import type { Progress, Prospect } from "../engine/reckon";
import type { Conversation } from "./conversation";

export type Stage =
  | { readonly is: "looking" }
  | { readonly is: "doorway"; readonly fault: string | undefined }
  | { readonly is: "gate"; readonly repo: URL; readonly hasToken: boolean }
  | { readonly is: "loading"; readonly stop: AbortController; readonly progress?: Progress; readonly plan?: Prospect }
  | { readonly is: "asking"; readonly stop: AbortController; readonly plan: Prospect; readonly decide: (goes: boolean) => void }
  | { readonly is: "ready"; readonly conversation: Conversation };
