/** Files a visitor drops or picks, folders opened. */

import type { GivenFile } from "../engine/reckon";

/** More files than any model has: a folder dropped by mistake is not read to its end. */
const MOST_FILES = 2000;

/** The files of a drop, with their paths. Call it while the drop is being handled: its items are gone later. */
export async function droppedFiles(transfer: DataTransfer): Promise<GivenFile[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const given: GivenFile[] = [];
  for (const entry of entries) {
    await walk(entry, given);
  }
  return given;
}

/** The files of an `<input type="file">`, with their paths where a folder was picked. */
export function pickedFiles(list: FileList): GivenFile[] {
  return Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walk(entry: FileSystemEntry, given: GivenFile[]): Promise<void> {
  if (given.length >= MOST_FILES || entry.name.startsWith(".")) {
    return;
  }
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    given.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives a folder in portions, an empty one at its end.
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) {
      return;
    }
    for (const inner of portion) {
      await walk(inner, given);
    }
  }
}
