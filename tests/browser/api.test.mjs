// The package's API in Chromium, with the model that is in it: answers in OpenAI's shapes, and OpenAI's client reads them.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { openChromium } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const load = createRequire(new URL("../../web/package.json", import.meta.url));
const { Stream } = load("openai/core/streaming");
const { ChatCompletionStream } = load("openai/lib/ChatCompletionStream");
const PACKAGE = fileURLToPath(new URL("../../web/package/", import.meta.url));
const ASKED = { messages: [{ role: "user", content: "What is 47 × 6?" }], temperature: 0 };
/** The sum of some probabilities of one distribution, in f32, may pass 1 by this. */
const ROUNDING = 1e-4;

let site, browser, page;

before(async () => {
  site = await openSite({ folders: { package: PACKAGE } });
  browser = await openChromium();
  page = await browser.page(`${site.url}/app/`);
  await page.evaluate(async () => {
    const { Reckon } = await import("/package/reckon.js");
    globalThis.Reckon = Reckon;
    globalThis.engine = await Reckon.load("reckon-mini", { device: "cpu" });
    globalThis.told = async (promise) => {
      const error = await promise.then(() => ({ name: "nothing" }), (error) => error);
      return { name: error.name, code: error.code, message: error.message, is: error instanceof Error };
    };
    // What keeps the model from closing its thinking, and from ending.
    const ids = [...(await engine.tokenize("</think>")), ...(await engine.tokenize("<|eot_id|>"))];
    globalThis.endless = { logit_bias: Object.fromEntries(ids.map((id) => [id, -100])), max_tokens: 2000 };
  });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const complete = (request, on = page) => on.evaluate((request) => engine.chat.completions.create(request), request);

/** All chunks of a stream. */
const stream = (request) =>
  page.evaluate(async (request) => {
    const chunks = [];
    for await (const chunk of await engine.chat.completions.create({ ...request, stream: true })) {
      chunks.push(chunk);
    }
    return chunks;
  }, request);

/** The error of a request, or of what else `ask` does in the page. */
const refused = (request) => page.evaluate((request) => told(engine.chat.completions.create(request)), request);

test("a completion has OpenAI's shape, its thinking beside the answer, and its tokens counted", async () => {
  const { choices, usage, ...head } = await complete(ASKED);
  const [{ message, finish_reason, index, logprobs }] = choices;
  console.log(`${usage.completion_tokens} tokens: ${message.content}`);
  assert.match(message.content, /\\boxed\{282\}/);
  assert.ok(message.reasoning_content.length > 0 && !/<\/?think>/.test(message.reasoning_content + message.content));
  assert.deepEqual([choices.length, finish_reason, index, logprobs], [1, "stop", 0, null]);
  assert.deepEqual([message.role, message.refusal], ["assistant", null]);
  assert.deepEqual(Object.keys(head).sort(), ["created", "id", "model", "object", "system_fingerprint"]);
  assert.deepEqual([head.object, head.model], ["chat.completion", "reckon-mini"]);
  assert.match(head.id, /^chatcmpl-[0-9a-f]{24}$/);
  assert.match(head.system_fingerprint, /^reckon-cpu-/);
  assert.ok(Math.abs(head.created - Date.now() / 1000) < 60);
  const tokens = await page.evaluate(async (messages) => [...(await engine.tokenize(messages))], ASKED.messages);
  assert.equal(usage.prompt_tokens, tokens.length);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  const { reasoning_tokens } = usage.completion_tokens_details;
  assert.ok(reasoning_tokens > 0 && reasoning_tokens < usage.completion_tokens);
});

test("the pieces of a stream join to the whole, and OpenAI's client reads the same message from them", async () => {
  const request = { ...ASKED, temperature: 0.8, seed: 5, stream_options: { include_usage: true } };
  const { stream_options: _, ...whole } = request;
  const [{ choices: [{ message, finish_reason }], usage }, chunks] = [await complete(whole), await stream(request)];
  const join = (name, of) => of.map(({ choices }) => choices[0]?.delta[name] ?? "").join("");
  assert.equal(join("content", chunks), message.content);
  assert.equal(join("reasoning_content", chunks), message.reasoning_content);
  assert.deepEqual(chunks[0].choices[0].delta, { role: "assistant", content: "" });
  assert.deepEqual([chunks.at(-2).choices[0].delta, chunks.at(-2).choices[0].finish_reason], [{}, finish_reason]);
  assert.deepEqual([chunks.at(-1).choices, chunks.at(-1).usage.completion_tokens], [[], usage.completion_tokens]);
  assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
  assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
  const lines = await page.evaluate(async (request) => {
    const stream = await engine.chat.completions.create({ ...request, stream: true });
    return new Response(stream.toReadableStream()).text();
  }, request);
  const read = [];
  for await (const chunk of Stream.fromReadableStream(new Response(lines).body, new AbortController())) {
    read.push(chunk);
  }
  assert.equal(join("content", read), message.content);
  assert.equal(join("reasoning_content", read), message.reasoning_content);
  const client = ChatCompletionStream.fromReadableStream(new Response(lines).body);
  assert.equal((await client.finalMessage()).content, message.content);
  const { choices, usage: counted, model } = await client.finalChatCompletion();
  assert.deepEqual([choices[0].finish_reason, counted.total_tokens, model], [finish_reason, usage.total_tokens, "reckon-mini"]);
});

test("a conversation that goes on pays for what is new alone, wherever another one was asked between", async () => {
  const system = { role: "developer", content: [{ type: "text", text: "Be " }, { type: "text", text: "brief." }] };
  const begun = [system, { role: "user", content: "What is 12 + 30?" }];
  const { choices: [{ message }], usage: first } = await complete({ ...ASKED, messages: begun });
  await complete({ ...ASKED, messages: [system, { role: "user", content: "Hello!" }] });
  const messages = [...begun, message, { role: "user", content: "What is 9 × 9?" }];
  const { choices, usage } = await complete({ ...ASKED, messages });
  const [before, now] = await page.evaluate(
    (both) => Promise.all(both.map(async (messages) => [...(await engine.tokenize(messages))])), [begun, messages]);
  const shared = now.findIndex((id, i) => id !== before[i]);
  assert.ok(shared > 10 && usage.prompt_tokens_details.cached_tokens >= shared, JSON.stringify({ shared, usage }));
  assert.equal(usage.prompt_tokens, now.length);
  assert.ok(first.prompt_tokens_details.cached_tokens < shared);
  // What was thought is not part of what follows.
  const unthought = [...begun, { role: "assistant", content: message.content }, messages.at(-1)];
  const again = await complete({ ...ASKED, messages: unthought });
  assert.equal(again.choices[0].message.content, choices[0].message.content);
  assert.equal(again.usage.prompt_tokens_details.cached_tokens, now.length - 1);
});

test("stop strings, seeds, limits and biases do what they say", async () => {
  const stopped = await complete({ ...ASKED, stop: ["\\boxed", "never"] });
  assert.deepEqual([stopped.choices[0].finish_reason, stopped.choices[0].message.content.includes("boxed")], ["stop", false]);
  const words = async (seed) => JSON.stringify((await complete({ ...ASKED, temperature: 2, seed, max_tokens: 24 })).choices[0].message);
  const [one, same, ...others] = [await words(1), await words(1), await words(2), await words(3)];
  assert.equal(same, one);
  assert.ok(others.some((other) => other !== one));
  const short = await complete({ ...ASKED, max_completion_tokens: 3 });
  assert.deepEqual([short.choices[0].finish_reason, short.usage.completion_tokens], ["length", 3]);
  const [id] = await page.evaluate(async () => [...(await engine.tokenize("a"))]);
  const biased = await complete({ ...ASKED, max_tokens: 3, logit_bias: { [id]: 100 } });
  assert.equal(biased.choices[0].message.content, "aaa");
});

test("log probabilities are those of the answer's tokens and of the likeliest in their place", async () => {
  const request = { ...ASKED, logprobs: true, top_logprobs: 4 };
  const { choices: [{ message, logprobs }] } = await complete(request);
  assert.equal(logprobs.content.map(({ token }) => token).join(""), message.content);
  assert.ok(logprobs.reasoning_content.map(({ token }) => token).join("").includes(message.reasoning_content));
  for (const { token, bytes, logprob, top_logprobs: top } of [...logprobs.content, ...logprobs.reasoning_content]) {
    assert.equal(Buffer.from(bytes).toString(), token);
    assert.equal(top.length, 4);
    assert.ok(top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0) <= 1 + ROUNDING);
    assert.deepEqual([top[0].token, top[0].logprob], [token, logprob], "a greedy token is the likeliest");
  }
  const chunks = await stream(request);
  const streamed = chunks.flatMap(({ choices }) => choices[0]?.logprobs?.content ?? []);
  assert.deepEqual(streamed, logprobs.content);
  const { choices: [bare] } = await complete({ ...ASKED, logprobs: true });
  assert.ok(bare.logprobs.content.every(({ top_logprobs }) => top_logprobs.length === 0));
});

test("a thinking budget is kept, and an answer follows; so it does once an answer is asked for", async () => {
  const closing = await page.evaluate(async () => (await engine.tokenize("\n</think>\n\n")).length);
  for (const max_tokens of [0, 6]) {
    const { choices: [{ message }], usage } = await complete({ ...ASKED, reasoning: { max_tokens } });
    const { reasoning_tokens } = usage.completion_tokens_details;
    console.log(`budget ${max_tokens}: ${reasoning_tokens} tokens of thinking, then ${message.content}`);
    assert.equal(reasoning_tokens, max_tokens + closing);
    assert.ok(message.content.length > 0);
  }
  const { usage, content } = await page.evaluate(async (asked) => {
    const stream = await engine.chat.completions.create({ ...asked, ...endless, stream: true, stream_options: { include_usage: true } });
    const told = { content: "" };
    for await (const { choices, usage } of stream) {
      if (choices[0]?.delta.reasoning_content) {
        stream.answerNow();
      }
      told.content += choices[0]?.delta.content ?? "";
      told.usage = usage;
      if (told.content.length > 40) {
        break;
      }
    }
    return told;
  }, ASKED);
  assert.ok(content.length > 0, JSON.stringify(usage));
});

test("a signal ends what waits, what thinks and what streams", async () => {
  const ends = await page.evaluate(async (asked) => {
    const { completions } = engine.chat;
    const request = { ...asked, ...endless };
    const ended = [await told(completions.create({ ...request, signal: AbortSignal.abort() }))];
    const soon = (wait_ms) => AbortSignal.timeout(wait_ms);
    const running = [completions.create({ ...request, signal: soon(300) }), completions.create(request, { signal: soon(300) })];
    // Both conversations are taken: a third request waits, and leaves.
    ended.push(await told(completions.create({ ...request, signal: soon(50) })));
    ended.push(...(await Promise.all(running.map(told))));
    const reasons = [];
    for (const leave of [(stream) => stream.controller.abort(), () => "break"]) {
      const stream = await completions.create({ ...request, stream: true });
      let count = 0;
      for await (const { choices } of stream) {
        reasons.push(choices[0].finish_reason);
        if (++count === 3 && leave(stream) === "break") {
          break;
        }
      }
      ended.push(await told((async () => { for await (const _ of stream); })()));
    }
    return { ended, reasons };
  }, ASKED);
  const names = ends.ended.map(({ name, code }) => `${name} ${code}`);
  assert.deepEqual(names, [...Array(4).fill("AbortError aborted"), ...Array(2).fill("StateError state")]);
  assert.ok(ends.reasons.every((reason) => reason === null));
  assert.equal((await complete(ASKED)).choices[0].finish_reason, "stop", "the next request is answered");
});

test("what is not supported is refused by its name", async () => {
  const message = (rest) => ({ ...ASKED, messages: [{ role: "user", content: "?", ...rest }] });
  for (const [request, pattern] of [
    [{ ...ASKED, tools: [{ type: "function", function: { name: "f" } }] }, /^tools: .* no tools$/],
    [{ ...ASKED, functions: [{ name: "f" }] }, /^functions: /],
    [{ ...ASKED, tool_choice: "auto" }, /^tool_choice: "auto" is not supported/],
    [{ ...ASKED, response_format: { type: "json_object" } }, /^response_format: .*json_object.* is not supported/],
    [{ ...ASKED, n: 2 }, /^n: 2 is not supported/],
    [{ ...ASKED, modalities: ["audio"] }, /^modalities: /],
    [{ ...ASKED, audio: { voice: "a" } }, /^audio: /],
    [{ ...ASKED, frequency_penalty: 0.5 }, /^frequency_penalty: 0.5 is not supported/],
    [{ ...ASKED, presence_penalty: 1 }, /^presence_penalty: 1 is not supported/],
    [{ ...ASKED, store: true }, /^store: /],
    [{ ...ASKED, reasoning_effort: "low" }, /^reasoning_effort: .*reasoning: \{ max_tokens \}/],
    [{ ...ASKED, tempo: 1 }, /^tempo is not known/],
    [{ ...ASKED, reasoning: { effort: "low" } }, /^reasoning\.effort is not supported/],
    [{ ...ASKED, model: "other" }, /^model: "other"; this engine was loaded with "reckon-mini"/],
    [{ ...ASKED, temperature: "hot" }, /^temperature: "hot"; expected a number from 0 on/],
    [{ ...ASKED, top_p: 2 }, /^top_p: 2; expected a number from 0 to 1/],
    [{ ...ASKED, max_tokens: 1.5 }, /^max_tokens: 1.5; expected a whole number/],
    [{ ...ASKED, max_tokens: 1, max_completion_tokens: 2 }, /give one of them/],
    [{ ...ASKED, top_logprobs: 3 }, /^top_logprobs is given without logprobs/],
    [{ ...ASKED, logit_bias: { a: 1 } }, /^logit_bias: "a" is no token id/],
    [{ ...ASKED, stop: "" }, /^stop: /],
    [{ ...ASKED, stream_options: {} }, /^stream_options is given without stream/],
    [{ ...ASKED, messages: [] }, /^messages: \[\]; expected at least one/],
    [message({ role: "tool" }), /^messages\[0\]\.role: "tool" is not supported/],
    [message({ name: "Ada" }), /^messages\[0\]\.name is not supported/],
    [message({ content: [{ type: "image_url", image_url: { url: "" } }] }), /^messages\[0\]\.content\[0\]: "image_url" is not supported/],
    [message({ content: 4 }), /^messages\[0\]\.content: 4; expected text/],
  ]) {
    const { name, code, message, is } = await refused(request);
    assert.deepEqual([name, code, is], ["OptionsError", "options", true], message);
    assert.match(message, pattern);
  }
  const neutral = { n: 1, tools: [], tool_choice: "none", response_format: { type: "text" }, frequency_penalty: 0, seed: null };
  const { usage } = await complete({ ...ASKED, ...neutral, store: false, stop: null, model: "reckon-mini", max_tokens: 2 });
  assert.equal(usage.completion_tokens, 2);
});

test("errors of loading and of long prompts have their classes", async () => {
  await browser.context.route("**/broken.gguf", (route) => route.fulfill({ body: `GGUF${"\0".repeat(60)}` }));
  const errors = await page.evaluate(async (asked) => {
    const load = (model, options) => told(Reckon.load(model, { device: "cpu", keep: false, ...options }));
    const long = [{ role: "user", content: "What is 47 × 6? ".repeat(3000) }];
    return [
      await load("/golden/nothing.gguf"), await load("/package/models/"), await load("/package/broken.gguf"),
      await load("http://"), await load("reckon-mini", { dtype: "q3" }), await load("reckon-mini", { token: "t" }),
      await load("reckon-mini", { conversations: 0 }), await load("reckon-mini", { signal: AbortSignal.abort() }),
      await load("reckon-mini", { onPlan: () => false }), await told(engine.chat.completions.create({ ...asked, messages: long })),
      await told(engine.chat.completions.create({ ...asked, messages: long, stream: true })),
    ];
  }, ASKED);
  assert.deepEqual(errors.map(({ name, code }) => `${name} ${code}`), [
    "FilesError files", "FilesError files", "ModelError model", "OptionsError options", "OptionsError options",
    "OptionsError options", "OptionsError options", "AbortError aborted", "AbortError aborted",
    "ContextError context", "ContextError context",
  ]);
});

test("an engine tells what it takes, and nothing of it runs once it is disposed of", async () => {
  const { stats, ended } = await page.evaluate(async (asked) => {
    const other = await Reckon.load("/package/models/reckon-mini.gguf", { device: "cpu", keep: false });
    const { usage } = await other.chat.completions.create(asked);
    const stats = { ...(await other.stats()), usage, model: other.model };
    const running = told(other.chat.completions.create({ ...asked, ...endless }));
    other.dispose();
    return { stats, ended: [await running, await told(other.chat.completions.create(asked))] };
  }, ASKED);
  assert.deepEqual([stats.description.device, stats.model], ["cpu", "/package/models/reckon-mini.gguf"]);
  assert.ok(stats.description.heap_bytes > 0 && stats.generation.decode_tokens_per_s > 0);
  assert.equal(stats.generation.completion_tokens, stats.usage.completion_tokens);
  assert.deepEqual(ended.map(({ name }) => name), ["AbortError", "AbortError"]);
});
