/**
 * The protocol that every engine goes through. An engine's page is an adapter:
 *
 * `load(settings)` resolves with `{ fetch_ms, init_ms, info }`;
 * `generate({ ids, text, max_tokens, ignore_eos, onToken })` calls `onToken()` for each new token and resolves with
 * `{ prompt_tokens, new_tokens, text, ids }`, the last two as far as the engine tells them.
 *
 * Nothing of an earlier prompt may be used again.
 */

/** Reads `url` past the browser's cache. */
export async function fetched(url) {
  const started = performance.now();
  const response = await fetch(url, { cache: "no-store" });
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
  const blob = await response.blob();
  return { blob, ms: performance.now() - started };
}

/** Lets the page of an engine be measured: the runner calls `window.measure(settings)`. */
export function measureWith(adapter) {
  window.measure = (settings) => measure(adapter, settings);
}

async function measure(adapter, settings) {
  const prompts = (await (await fetch("/peers/prompts.json")).json())[settings.prompts];
  const run = (name, max_tokens, ignore_eos = true) => timed(adapter, prompts[name], { max_tokens, ignore_eos });
  const before_cpu_s = await window.cpuSeconds();
  const load = await adapter.load(settings);
  load.cpu_s = (await window.cpuSeconds()) - before_cpu_s;
  const calls = {
    // The first call pays for what is built or warmed up at its first use; where a call takes minutes it is the only one.
    cold: () => run(settings.prompt, 2),
    // A question, to see that the engines compute the same thing.
    question: () => run("question", settings.question_tokens, false),
    prompt: () => run(settings.prompt, 1),
    decode: () => run(settings.prompt, settings.decode_tokens),
    long: () => run("p512", 1),
  };
  const found = { cores: navigator.hardwareConcurrency, isolated: crossOriginIsolated, load };
  for (const name of settings.calls) {
    found[name] = await calls[name]();
  }
  return found;
}

async function timed(adapter, { ids, text }, { max_tokens, ignore_eos }) {
  const stamps_ms = [];
  let first_cpu_s;
  const onToken = () => {
    stamps_ms.push(performance.now());
    first_cpu_s ??= window.cpuSeconds();
  };
  const started_cpu_s = await window.cpuSeconds();
  const started_ms = performance.now();
  const told = await adapter.generate({ ids, text, max_tokens, ignore_eos, onToken });
  const ended_ms = performance.now();
  const cpu_s = (await window.cpuSeconds()) - started_cpu_s;
  if (told.prompt_tokens !== ids.length) {
    throw new Error(`the prompt has ${ids.length} tokens, and the engine computed ${told.prompt_tokens}`);
  }
  // An engine that holds back half a character tells fewer tokens than it made: its last one is then the call's end.
  const last_ms = told.new_tokens === stamps_ms.length ? stamps_ms.at(-1) : ended_ms;
  const after_first = told.new_tokens - 1;
  return {
    ttft_ms: stamps_ms[0] - started_ms,
    tok_per_s: after_first > 0 ? (after_first * 1000) / (last_ms - stamps_ms[0]) : null,
    ms_per_token: after_first > 0 ? (last_ms - stamps_ms[0]) / after_first : null,
    cpu_s,
    cpu_s_after_first: started_cpu_s + cpu_s - (await first_cpu_s),
    ...told,
  };
}
