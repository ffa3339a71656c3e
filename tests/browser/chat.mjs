// What a visitor does in a conversation with the embedded model, on the processor.

import { withModel } from "./chromium.mjs";

/** How a visitor has time to press something while the model thinks. */
export const SLOWLY = "&activations=f32&max_tokens=4000";

/** The page at `site` with its embedded model loaded. */
export async function openChat(browser, site, query = "") {
  const page = await browser.page(`${site.url}/?device=cpu&keep=no${query}`);
  await withModel(page, () => undefined);
  await page.waitForFunction(() => document.querySelector("reckon-app").stage.is === "ready");
  return page;
}

export const box = (page) => page.getByRole("textbox", { name: "Your question", exact: true });
export const button = (page, name) => page.getByRole("button", { name, exact: true });

export async function ask(page, question) {
  await box(page).fill(question);
  await box(page).press("Enter");
}

/** The turns that are shown, once none runs and there are `count` of them. */
export async function ended(page, count) {
  await page.waitForFunction((count) => {
    const { turns } = document.querySelector("reckon-app");
    return turns.length === count && !turns.at(-1)?.isRunning;
  }, count);
  return page.evaluate(async () => {
    const app = document.querySelector("reckon-app");
    await app.updateComplete;
    const views = Array.from(app.shadowRoot.querySelectorAll("reckon-turn"));
    await Promise.all(views.map(({ updateComplete }) => updateComplete));
    const words = (view, what) => view.shadowRoot.querySelector(what)?.innerText.trim();
    return app.turns.map((turn, i) => ({
      ...turn,
      summary: words(views[i], "summary"),
      numbers: words(views[i], ".numbers"),
      versions: words(views[i], ".versions")?.replace(/\s+/g, " "),
    }));
  });
}

/** Lets the embedded model think until it is told to answer: it cannot write what ends a thinking, nor a turn. */
export function thinkOn(page) {
  return page.evaluate(async () => {
    const { model, stage } = document.querySelector("reckon-app");
    const ids = await Promise.all(["</think>", "<|eot_id|>"].map((text) => model.tokenize(text)));
    stage.conversation.wishes.sampling.logit_bias = new Map(ids.map(([id]) => [id, -1e4]));
  });
}

/** Puts a stand-in in the engine's place that says `parts` of thinking and answer, `at_once` of them between two turns of the page. */
export function sayInstead(page, what) {
  return page.evaluate(({ thinking, answer, piece, at_once }) => {
    const pieces = (channel, text) => {
      const count = Math.ceil(text.length / piece);
      return Array.from({ length: count }, (_, i) => ({ channel, text: text.slice(i * piece, (i + 1) * piece) }));
    };
    const parts = [
      ...pieces("thinking", thinking.text.repeat(thinking.times)),
      ...pieces("answer", answer.text.repeat(answer.times)),
    ];
    const statistics = (count) => ({
      prompt_tokens: 20, cached_tokens: 10, completion_tokens: count, reasoning_tokens: 0, prefill_ms: 12, decode_ms: count,
      prefill_tokens_per_s: 900, decode_tokens_per_s: 1000, dispatches: 0, heap_bytes: 2e7, gpu_bytes: 0,
    });
    async function* generate() {
      const channel = new MessageChannel();
      for (const [i, part] of parts.entries()) {
        yield { event: { kind: "token", id: i, text: part.text, parts: [part] }, statistics: statistics(i + 1) };
        if (i % at_once === at_once - 1) {
          await new Promise((resolve) => {
            channel.port1.onmessage = resolve;
            channel.port2.postMessage(0);
          });
        }
      }
      const done = { kind: "done", reason: "stop", text: "", parts: [], prompt_tokens: 20, completion_tokens: parts.length, reasoning_tokens: 0 };
      yield { event: done, statistics: statistics(parts.length) };
    }
    const { conversation } = document.querySelector("reckon-app").stage;
    conversation.answerer = { ...conversation.answerer, context: 1e6, timeline: { generate, answerNow() {} } };
  }, { piece: 4, at_once: 8, ...what });
}
