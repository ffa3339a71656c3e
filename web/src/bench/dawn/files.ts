/** A model on a disk, as a browser gives what a visitor picked. */

import { openAsBlob, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import type { GivenFile } from "../../engine/messages";
import type { Place } from "../../engine/place";

/** The model at `path`: a `.gguf`, or a folder with a checkpoint in it. */
export async function onDisk(path: string): Promise<Place> {
  const names = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  const files = names.filter((name) => statSync(name).isFile()).map(given);
  return { name: basename(path), source: { files: await Promise.all(files) } };
}

/** It is read where it lies, piece by piece. */
async function given(path: string): Promise<GivenFile> {
  const name = basename(path);
  return { path: name, file: new File([await openAsBlob(path)], name) };
}
