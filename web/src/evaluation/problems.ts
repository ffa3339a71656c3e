/** Where a suite's problems come from: a file the visitor gave, or the sample that comes with the page. */

import type { Suite } from "./messages";

/** Most bytes of a file: the largest known has under a megabyte. */
const MOST_BYTES = 2 ** 28;

/** Rows of the published sets, by the suite's name. */
const SAMPLES: Readonly<Record<string, URL>> = {
  gsm8k: new URL("./samples/sample_gsm8k.jsonl", import.meta.url),
  math500: new URL("./samples/sample_math500.jsonl", import.meta.url),
};

/** Where the samples come from, and their licence. */
export const SAMPLES_LICENCE = new URL("./samples/sample_licence.txt", import.meta.url);

/** Whether a sample of it comes with the page. */
export function hasSample(suite: Suite): boolean {
  return SAMPLES[suite.name] !== undefined;
}

/** The file of problems: the given one, or the sample. Throws words for the visitor where there is none. */
export async function problems(suite: Suite, given: File | undefined): Promise<Uint8Array> {
  if (given !== undefined) {
    if (given.size > MOST_BYTES) {
      throw new Error(`${given.name} is larger than any suite's file`);
    }
    return new Uint8Array(await given.arrayBuffer());
  }
  const address = SAMPLES[suite.name];
  if (address === undefined) {
    throw new Error(missing(suite));
  }
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`the sample cannot be fetched: status ${response.status}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** What is said where a suite has no sample. */
export function missing({ title, file, source: [repository, path] }: Suite): string {
  return `${title} does not come with the page: give its file, ${file}; it is github.com/${repository}, ${path}`;
}
