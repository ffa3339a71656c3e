/**
 * Conversations kept in this browser, for this site: IndexedDB, each under its id. What a tab writes others hear of. Two tabs
 * that write the same conversation: the last one's stays.
 */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import type { Heading, Record } from "./record";

const NAME = "reckon";

interface Schema extends DBSchema {
  conversations: { key: string; value: Record };
  /** What a list needs, without the turns. */
  headings: { key: string; value: Heading };
}

/** What has changed: one conversation, or any. */
export interface Change {
  readonly id: string | undefined;
  /** Another tab did it. */
  readonly isElsewhere: boolean;
}

/** Conversations by id. */
export class Archive {
  readonly #channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(`${NAME} conversations`);

  private constructor(
    private readonly database: IDBPDatabase<Schema>,
    private readonly heard: (change: Change) => void,
  ) {
    this.#channel?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      this.heard({ id: typeof data === "string" ? data : undefined, isElsewhere: true });
    });
  }

  /** Opens what this browser keeps; rejects where it keeps nothing for this page. `heard` is told what changes. */
  static async open(heard: (change: Change) => void): Promise<Archive> {
    const database = await openDB<Schema>(NAME, 1, {
      upgrade(made) {
        made.createObjectStore("conversations", { keyPath: "id" });
        made.createObjectStore("headings", { keyPath: "id" });
      },
      // A tab with a later version of the page is not kept waiting.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    return new Archive(database, heard);
  }

  /** All headings, the one that changed last first. */
  async headings(): Promise<Heading[]> {
    return (await this.database.getAll("headings")).sort((a, b) => b.changed - a.changed);
  }

  /** A whole conversation. */
  read(id: string): Promise<Record | undefined> {
    return this.database.get("conversations", id);
  }

  /** All conversations, whole. */
  all(): Promise<Record[]> {
    return this.database.getAll("conversations");
  }

  /** Keeps a conversation in place of what was kept of it. */
  async keep(record: Record): Promise<void> {
    const { id, title, created, changed } = record;
    const transaction = this.database.transaction(["conversations", "headings"], "readwrite");
    await Promise.all([
      transaction.objectStore("conversations").put(record),
      transaction.objectStore("headings").put({ id, title, created, changed }),
      transaction.done,
    ]);
    this.#tell(id);
  }

  /** Deletes a conversation. */
  async remove(id: string): Promise<void> {
    const transaction = this.database.transaction(["conversations", "headings"], "readwrite");
    await Promise.all([
      transaction.objectStore("conversations").delete(id),
      transaction.objectStore("headings").delete(id),
      transaction.done,
    ]);
    this.#tell(id);
  }

  /** Deletes all conversations. */
  async clear(): Promise<void> {
    const transaction = this.database.transaction(["conversations", "headings"], "readwrite");
    await Promise.all([
      transaction.objectStore("conversations").clear(),
      transaction.objectStore("headings").clear(),
      transaction.done,
    ]);
    this.#tell(undefined);
  }

  close(): void {
    this.#channel?.close();
    this.database.close();
  }

  #tell(id: string | undefined): void {
    this.#channel?.postMessage(id);
    this.heard({ id, isElsewhere: false });
  }
}
