/** One thing at a time on the device: several conversations share it, and what one makes there another must not come between. */

let last: Promise<unknown> = Promise.resolve();

/** Does `act` once all that was asked for before it has ended. */
export function alone<T>(act: () => Promise<T>): Promise<T> {
  const mine = last.then(act);
  last = mine.catch(() => undefined);
  return mine;
}
