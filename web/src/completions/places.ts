/** Which timeline of the model continues a request: what it holds already is not computed again. */

import { AbortError } from "../engine/error";
import type { Message } from "../engine/messages";
import type { Conversation } from "../engine/reckon";

/** A timeline, and what was said in it. */
export interface Place {
  readonly conversation: Conversation;
  said: readonly Message[];
  isBusy: boolean;
  /** The number of the request that it last answered. */
  turn: number;
}

/** A request that waits for a timeline. */
interface Waiting {
  readonly chat: readonly Message[];
  readonly go: (place: Place) => void;
}

/** A few timelines, each for one request at a time. */
export class Places {
  readonly #places: Place[] = [];
  readonly #waiting: Waiting[] = [];
  #turns = 0;

  constructor(
    private readonly open: () => Conversation,
    /** Most timelines: each takes memory for its keys and values. */
    private readonly most: number,
  ) {}

  /** The timeline for a conversation, once one is idle; rejects when `signal` ends the waiting. */
  take(chat: readonly Message[], signal: AbortSignal | undefined): Promise<Place> {
    if (signal?.aborted) {
      return Promise.reject(ended());
    }
    const place = this.#find(chat);
    if (place) {
      return Promise.resolve(this.#occupy(place));
    }
    return new Promise<Place>((resolve, reject) => {
      const waiting = {
        chat,
        go: (place: Place) => {
          signal?.removeEventListener("abort", leave);
          resolve(place);
        },
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(ended());
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /** Gives a timeline back, with what was said in it; whoever has waited longest takes it. */
  give(place: Place, said: readonly Message[]): void {
    place.said = said;
    place.isBusy = false;
    const next = this.#waiting.shift();
    if (next) {
      // The one that was given back need not be the one that suits: another may have become idle for it.
      next.go(this.#occupy(this.#find(next.chat) ?? place));
    }
  }

  #occupy(place: Place): Place {
    place.isBusy = true;
    place.turn = ++this.#turns;
    return place;
  }

  /** The idle timeline that shares most with a conversation; where none shares a question a new one, or the oldest. */
  #find(chat: readonly Message[]): Place | undefined {
    const [best] = this.#places
      .filter((place) => !place.isBusy)
      .map((place) => ({ place, shared: shared(place.said, chat) }))
      .sort((a, b) => b.shared - a.shared || a.place.turn - b.place.turn);
    const isNew = (best === undefined || best.shared === 0) && this.#places.length < this.most;
    return isNew ? this.#add() : best?.place;
  }

  #add(): Place {
    const place: Place = { conversation: this.open(), said: [], isBusy: false, turn: 0 };
    this.#places.push(place);
    return place;
  }
}

/** How many messages two conversations begin with alike; none where that is no more than how the model was set up. */
function shared(said: readonly Message[], chat: readonly Message[]): number {
  const differs = chat.findIndex(({ role, content }, i) => role !== said[i]?.role || content !== said[i]?.content);
  const count = differs < 0 ? chat.length : differs;
  return chat.slice(0, count).some(({ role }) => role !== "system") ? count : 0;
}

function ended(): AbortError {
  return new AbortError("the request was ended before it was begun");
}
