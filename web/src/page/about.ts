/** Honest words about a model, by its name. */

/** What it is for, and what not. */
export function about(name: string): string {
  const plain = name.toLowerCase();
  if (plain.includes("mobilellm-r1")) {
    return "It was trained for mathematics, Python, C++ and science, and thinks before it answers. It is no chat model: small talk confuses it.";
  }
  if (plain.includes("smollm2-135m")) {
    return "A very small chat model that stands in until a better one is here. It writes fluently and is often wrong.";
  }
  return "Small models write fluently and are often wrong: check what matters.";
}
