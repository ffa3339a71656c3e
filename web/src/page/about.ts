/** Honest words about a model that came without any, by its name. */

import { isOfFamily } from "../presets/family";

/** What it is for, and what not. */
export function about(name: string): string {
  return isOfFamily(name)
    ? "It was trained for mathematics, Python, C++ and science, and thinks before it answers. It is no chat model: small talk confuses it."
    : "Small models write fluently and are often wrong: check what matters.";
}
