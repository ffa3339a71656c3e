/** What MobileLLM-R1 was trained for, each with the prompt that its authors publish for it. */

import type { Sampling } from "../engine/reckon";

/** A use of the model. */
export interface Preset {
  readonly name: PresetName;
  /** As a person reads it. */
  readonly label: string;
  /** What is told the model before the conversation; nothing where none was published. */
  readonly system: string | undefined;
  readonly sampling: Sampling;
  /** What it is for, and what not. */
  readonly about: string;
}

export type PresetName = "mathematics" | "python" | "cpp" | "science";

/** Temperature and top-p of every evaluation. Source: evaluation/run_eval.sh of facebookresearch/MobileLLM-R1. */
export const PAPER_SAMPLING: Sampling = { temperature: 0.6, top_p: 0.95 };

/** Source: README.md of facebookresearch/MobileLLM-R1, "Inference examples", math problem and default scenario. */
const MATHEMATICS = "Please reason step by step, and put your final answer within \\boxed{}.";

/** Source: the same, C++ and Python coding scenarios; word by word, the comment in both. */
function coding(language: string, fence: string): string {
  return (
    "\nYou are a helpful and harmless assistant. You should think step-by-step before responding to the instruction below.\n\n" +
    `Please use ${language} programming language only.\n` +
    `You must use \`\`\`${fence} for just the final solution code block with the following format:\n` +
    `\`\`\`${fence}\n# Your code here\n\`\`\`\n`
  );
}

/** In the order in which they are offered. */
export const PRESETS: readonly Preset[] = [
  {
    name: "mathematics",
    label: "Mathematics",
    system: MATHEMATICS,
    sampling: PAPER_SAMPLING,
    about:
      "For problems with one answer: arithmetic, algebra, word problems, contests. It thinks at length and boxes the answer. " +
      "No proofs you could rely on, and no figures.",
  },
  {
    name: "python",
    label: "Python",
    system: coding("python", "python"),
    sampling: PAPER_SAMPLING,
    about:
      "For a function or a short program of a well-known kind. Nothing is run here: try the code before you trust it. " +
      "Not for large projects, and not for libraries younger than the model.",
  },
  {
    name: "cpp",
    label: "C++",
    system: coding("c++", "cpp"),
    sampling: PAPER_SAMPLING,
    about:
      "For algorithms as contests ask for them. Nothing is compiled here: try the code before you trust it. " +
      "Not for large projects or build systems.",
  },
  {
    name: "science",
    label: "Science",
    system: undefined,
    sampling: PAPER_SAMPLING,
    about:
      "For questions of physics, chemistry and biology that can be reasoned out. Its authors publish no prompt for it, so none is sent. " +
      "Not for facts to look up, and not for advice on health.",
  },
];

/** The preset of that name. */
export function preset(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}

/** What none of them is for. */
export const NOT_FOR =
  "MobileLLM-R1 is no chat model: small talk, opinions, translation, stories and news are not what it was trained for.";
