/** A completion that is told piece by piece. */

import { StateError } from "../engine/error";
import type { ChatCompletionChunk } from "./shapes";

/**
 * The chunks of a completion, each once, as OpenAI's client has them. Leaving the loop ends the completion; so does
 * `controller.abort()`, and the loop then ends without an error.
 *
 * @example
 * ```ts
 * const stream = await engine.chat.completions.create({ messages, stream: true });
 * for await (const { choices } of stream) {
 *   thinking.append(choices[0]?.delta.reasoning_content ?? "");
 *   answer.append(choices[0]?.delta.content ?? "");
 * }
 * ```
 */
export class CompletionStream implements AsyncIterable<ChatCompletionChunk> {
  /** Ends the completion. */
  readonly controller: AbortController;
  readonly #chunks: ReadableStream<ChatCompletionChunk>;
  readonly #answerNow: () => void;

  /** @internal */
  constructor(chunks: ReadableStream<ChatCompletionChunk>, controller: AbortController, answerNow: () => void) {
    this.controller = controller;
    this.#chunks = chunks;
    this.#answerNow = answerNow;
  }

  /** Ends the thinking: the model answers from there on. Does nothing where it answers already. */
  answerNow(): void {
    this.#answerNow();
  }

  /**
   * The chunks as they come.
   *
   * @throws {@link StateError} where they were read before.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<ChatCompletionChunk, void, void> {
    if (this.#chunks.locked) {
      throw new StateError({ code: "state", message: "this stream is read already; a stream is read once" });
    }
    const reader = this.#chunks.getReader();
    let isWhole = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          isWhole = true;
          return;
        }
        yield value;
      }
    } finally {
      if (!isWhole) {
        this.controller.abort();
      }
    }
  }

  /** The chunks as lines of JSON in UTF-8: what `Stream.fromReadableStream` of OpenAI's client reads. */
  toReadableStream(): ReadableStream<Uint8Array> {
    const chunks = this[Symbol.asyncIterator]();
    const { controller } = this;
    const encoder = new TextEncoder();
    return new ReadableStream({
      async pull(lines) {
        const { done, value } = await chunks.next();
        if (done) {
          lines.close();
        } else {
          lines.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
        }
      },
      async cancel() {
        controller.abort();
        await chunks.return();
      },
    });
  }
}
