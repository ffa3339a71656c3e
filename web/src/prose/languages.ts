/** Languages that code is written in: what they are called, and which of them are coloured. */

/** A language as a person reads it, and as the highlighter knows it. */
export interface Language {
  readonly label: string;
  /** The highlighter's grammar for it; there is none for most. */
  readonly grammar: Grammar | undefined;
}

export type Grammar = "bash" | "cpp" | "javascript" | "json" | "python";

const KNOWN: readonly (readonly [label: string, grammar: Grammar, names: string])[] = [
  ["Python", "python", "python py python3 pycon"],
  ["C++", "cpp", "cpp c++ cc cxx hpp h++"],
  ["C", "cpp", "c h"],
  ["JavaScript", "javascript", "javascript js mjs cjs jsx"],
  ["TypeScript", "javascript", "typescript ts tsx"],
  ["Shell", "bash", "bash sh shell zsh console"],
  ["JSON", "json", "json jsonc json5"],
];
/** A longer name of a language is none. */
const MOST_CHARACTERS = 24;

/** The language that a fence names, in whatever words stand behind it. */
export function language(info: string): Language {
  const name = /^\s*([\w+#.-]+)/.exec(info)?.[1]?.slice(0, MOST_CHARACTERS) ?? "";
  for (const [label, grammar, names] of KNOWN) {
    if (names.split(" ").includes(name.toLowerCase())) {
      return { label, grammar };
    }
  }
  return { label: name, grammar: undefined };
}
