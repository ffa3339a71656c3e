/** A turn for others: what a worker does by itself leaves no message heard until it is done. */

const { port1: bell, port2: rope } = new MessageChannel();
const waiting: (() => void)[] = [];

bell.onmessage = () => waiting.shift()?.();

/** Resolves once the messages that have come are heard. A timer would do it no sooner than after 4 ms. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    rope.postMessage(undefined);
  });
}
