/** What MobileLLM-R1 was trained for, with the prompts and the sampling it was published with. */

import type { Sampling } from "../engine/reckon";

/** A subject. */
export interface Preset {
  readonly name: string;
  /** The system message; the model's own where it is left out. */
  readonly system: string | undefined;
  readonly sampling: Sampling;
}

/** Of the paper's evaluation. */
const SAMPLING: Sampling = { temperature: 0.6, top_p: 0.95 };

/** Subjects by the name they are asked for. */
export const presets: Readonly<Record<string, Preset>> = {
  mathematics: {
    name: "Mathematics",
    system: "Please reason step by step, and put your final answer within \\boxed{}.",
    sampling: SAMPLING,
  },
  python: { name: "Python", system: program("python"), sampling: SAMPLING },
  cpp: { name: "C++", system: program("c++", "cpp"), sampling: SAMPLING },
  science: { name: "Science", system: undefined, sampling: SAMPLING },
};

function program(language: string, fence = language): string {
  return (
    "\nYou are a helpful and harmless assistant. You should think step-by-step before responding to the instruction below.\n\n" +
    `Please use ${language} programming language only.\n` +
    `You must use \`\`\`${fence} for just the final solution code block with the following format:\n` +
    `\`\`\`${fence}\n# Your code here\n\`\`\`\n`
  );
}
