/** Keeps the conversations of the page as they grow, and tells which are kept. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { Archive, type Change } from "./archive";
import type { Conversation } from "./conversation";
import { imported } from "./imported";
import { freshId, type Heading, type Record, recordOf, titleOf } from "./record";
import { sentence } from "./sentence";

/** While an answer comes it is kept this often: no more of it is lost than that. */
const WHILE_RUNNING_MS = 1000;

/** What the page is told of its conversation. */
export interface Hears {
  /** Another tab changed it, or deleted it. */
  readonly elsewhere: (id: string) => void;
  /** It is deleted here: it, or all where none is named. */
  readonly gone: (id: string | undefined) => void;
}

/** The page's way to its archive; where the browser keeps nothing, what it does is nothing. */
export class Keeper implements ReactiveController {
  /** What is kept, the newest first. */
  headings: readonly Heading[] = [];
  /** Why conversations are not kept, in words; unknown until the archive has been opened. */
  fault: string | undefined;
  #archive: Promise<Archive | undefined> | undefined;
  readonly #unkept = new Set<Conversation>();
  #timer: number | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly hears: Hears,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#archive = Archive.open(this.#heard).catch(() => {
      this.#fail("this browser keeps nothing for this page");
      return undefined;
    });
    void this.#look();
    addEventListener("pagehide", this.#keepNow);
    document.addEventListener("visibilitychange", this.#keepNow);
  }

  hostDisconnected(): void {
    removeEventListener("pagehide", this.#keepNow);
    document.removeEventListener("visibilitychange", this.#keepNow);
    void this.#archive?.then((archive) => archive?.close());
  }

  /** A conversation has changed: it is kept at once, or soon while its answer comes. */
  note(conversation: Conversation): void {
    if (conversation.branches.all.length === 0) {
      return;
    }
    this.#unkept.add(conversation);
    if (!conversation.isRunning) {
      this.#keepNow();
    } else {
      this.#timer ??= window.setTimeout(this.#keepNow, WHILE_RUNNING_MS);
    }
  }

  /** A kept conversation, whole. */
  async read(id: string): Promise<Record | undefined> {
    return (await this.#archive)?.read(id).catch(() => undefined);
  }

  /** Everything that is kept. */
  async all(): Promise<Record[]> {
    return (await (await this.#archive)?.all()) ?? [];
  }

  /** Gives a kept conversation another title. */
  async rename(id: string, title: string): Promise<void> {
    const record = await this.read(id);
    if (record && titleOf(title) !== "") {
      await (await this.#archive)?.keep({ ...record, title: titleOf(title) });
    }
  }

  /** Deletes a conversation; all of them where none is named. */
  async remove(id?: string): Promise<void> {
    this.hears.gone(id);
    this.#unkept.forEach((conversation) => {
      if (id === undefined || conversation.id === id) {
        this.#unkept.delete(conversation);
      }
    });
    const archive = await this.#archive;
    await (id === undefined ? archive?.clear() : archive?.remove(id));
  }

  /** Keeps what a file holds, beside what is kept already; tells how many conversations that were. Rejects, in words. */
  async import(text: string): Promise<number> {
    const archive = await this.#archive;
    const records = imported(text);
    const ids = new Map(this.headings.map(({ id, changed }) => [id, changed]));
    let count = 0;
    for (const record of records) {
      if (ids.get(record.id) === record.changed) {
        continue;
      }
      await archive?.keep(ids.has(record.id) ? { ...record, id: freshId() } : record);
      count++;
    }
    return count;
  }

  #keepNow = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const records = Array.from(this.#unkept, recordOf);
    this.#unkept.clear();
    for (const record of records) {
      this.#archive
        ?.then((archive) => archive?.keep(record))
        .catch((error: unknown) => this.#fail(sentence(error)));
    }
  };

  #heard = ({ id, isElsewhere }: Change): void => {
    void this.#look();
    if (isElsewhere && id !== undefined) {
      this.hears.elsewhere(id);
    }
  };

  async #look(): Promise<void> {
    const archive = await this.#archive;
    try {
      this.headings = (await archive?.headings()) ?? [];
    } catch {
      // The tab is being closed, or a later version of the page has the archive.
    }
    this.host.requestUpdate();
  }

  #fail(words: string): void {
    this.fault = words;
    this.host.requestUpdate();
  }
}
