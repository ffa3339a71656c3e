// An F32 checkpoint of MobileLLM-R1-950M's size from a gated hub into Chromium at q4: cut 20 times, killed once, then the
// server is switched off. Weights are noise; names, shapes and tokenizer are real. `cargo xtask browser-full-hub [cpu]`;
// minutes.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { openChromium } from "./chromium.mjs";
import { openHub, REPO, TOKEN } from "./hub.mjs";
import { openSite } from "./site.mjs";

const [device = "webgpu"] = process.argv.slice(2);
const [V, L, C, F, H, K, D] = [128_256, 22, 1536, 6144, 24, 6, 64];
const CUTS = 20;
/** What the heap may take beyond what it holds once the tokenizer is loaded. */
const MOST_HEAP_BYTES = 32 << 20;
const MOST_RENDERER_BYTES = 600e6;
const MOST_GPU_SHARE = 1.1;
const KV_BYTES = 4096 * L * 2 * K * D * 2;
/** A cache on the processor grows by so many positions. */
const PAGE = 256;
/** What loading on the processor may take beside weights, keys and values. */
const REST_BYTES = 64 << 20;

const CONFIG = {
  model_type: "llama4_text", vocab_size: V, hidden_size: C, intermediate_size: 8192, intermediate_size_mlp: F,
  num_hidden_layers: L, num_attention_heads: H, num_key_value_heads: K, head_dim: D, max_position_embeddings: 32_768,
  rms_norm_eps: 1e-5, rope_theta: 8e6, rope_scaling: null, use_qk_norm: true, attn_temperature_tuning: false,
  no_rope_layers: Array(L).fill(1), layer_types: Array(L).fill("full_attention"), attention_bias: false,
  tie_word_embeddings: true, num_local_experts: 0, num_experts_per_tok: 0, moe_layers: [], interleave_moe_layer_step: 0,
  bos_token_id: 128_000, eos_token_id: [128_001, 128_008, 128_009], hidden_act: "silu", torch_dtype: "float32",
};

/** A safetensors file that is made as it is read: a header, and noise that comes back every 16 MB. */
class Checkpoint {
  constructor() {
    const tensors = {};
    let at = 0;
    for (const [name, shape] of shapes()) {
      const size = 4 * shape.reduce((a, b) => a * b);
      tensors[name] = { dtype: "F32", shape, data_offsets: [at, (at += size)] };
    }
    const json = Buffer.from(JSON.stringify(tensors).padEnd(24_568));
    this.head = Buffer.alloc(8 + json.length);
    this.head.writeBigUInt64LE(BigInt(json.length));
    json.copy(this.head, 8);
    this.length = this.head.length + at;
    this.noise = noise(4 << 20);
  }

  subarray(start, end) {
    const bytes = Buffer.alloc(end - start);
    let at = start;
    if (at < this.head.length) {
      at += this.head.copy(bytes, 0, at, Math.min(end, this.head.length));
    }
    while (at < end) {
      at += this.noise.copy(bytes, at - start, (at - this.head.length) % this.noise.length);
    }
    return bytes;
  }
}

function* shapes() {
  yield ["model.embed_tokens.weight", [V, C]];
  for (let layer = 0; layer < L; layer++) {
    const name = (inner) => `model.layers.${layer}.${inner}.weight`;
    yield [name("input_layernorm"), [C]];
    yield [name("self_attn.q_proj"), [H * D, C]];
    yield [name("self_attn.k_proj"), [K * D, C]];
    yield [name("self_attn.v_proj"), [K * D, C]];
    yield [name("self_attn.o_proj"), [C, H * D]];
    yield [name("post_attention_layernorm"), [C]];
    yield [name("feed_forward.gate_proj"), [F, C]];
    yield [name("feed_forward.up_proj"), [F, C]];
    yield [name("feed_forward.down_proj"), [C, F]];
  }
  yield ["model.norm.weight", [C]];
}

/** Numbers like weights: sums of uniform ones, of deviation 0.02. */
function noise(count) {
  let state = 950;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32 - 0.5;
  return Buffer.from(Float32Array.from({ length: count }, () => 0.035 * (next() + next() + next() + next())).buffer);
}

/** Most memory any renderer has held, and holds. */
function rendererBytes() {
  let most = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const isRenderer = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
      const [, kib] = (isRenderer && /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))) || [];
      most = Math.max(most, 1024 * Number(kib ?? 0));
    } catch {
      // It ended meanwhile.
    }
  }
  return most;
}

/** Runs in the page. */
async function load({ host, repo, token, device }) {
  const seen = { heap_before: 0, heap_most: 0, kept_bytes: 0 };
  const onProgress = ({ stage, heap_bytes, kept_bytes, loaded_bytes, total_bytes }) => {
    globalThis.share = total_bytes ? loaded_bytes / total_bytes : 0;
    if (stage !== "headers" && stage !== "waiting") {
      seen.heap_before ||= heap_bytes;
      seen.heap_most = Math.max(seen.heap_most, heap_bytes);
      seen.kept_bytes = kept_bytes;
    }
  };
  const began = performance.now();
  const { Reckon } = customElements.get("reckon-app");
  const model = await Reckon.load({ hub: { host, repo, token } }, { dtype: "q4", context: 4096, device, keep: true, onProgress });
  const loaded_s = (performance.now() - began) / 1000;
  for await (const { event } of model.conversation().generate({ raw: "One" }, { max_tokens: 1, sampling: { temperature: 0 } })) {
    if (event.kind === "token") {
      seen.token = event.id;
      seen.token_at = Date.now();
    }
  }
  const { gpu_bytes, heap_bytes, weights_bytes, notes } = await model.describe();
  model.dispose();
  return { ...seen, loaded_s, gpu_bytes, heap_bytes, weights_bytes, notes };
}

const site = await openSite();
const hub = await openHub();
const checkpoint = new Checkpoint();
hub.files.set("model.safetensors", checkpoint);
hub.files.set("config.json", Buffer.from(JSON.stringify(CONFIG)));
const tokenizer = fileURLToPath(new URL("../../.models/llama3-tokenizer.json", import.meta.url));
hub.files.set("tokenizer.json", readFileSync(tokenizer));
hub.cuts = Array.from({ length: CUTS }, (_, i) => Math.floor(((i + Math.random()) / CUTS) * checkpoint.length));
const cuts = [...hub.cuts];
const browser = await openChromium();
const source = { host: hub.url, repo: REPO, token: TOKEN, device };
const faults = [];
const must = (holds, words) => holds || faults.push(words);
/** Of the processor's sum: what is neither weights nor keys and values. */
const rest = ({ heap_bytes, weights_bytes }) => heap_bytes - weights_bytes - (KV_BYTES / 4096) * PAGE;
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
try {
  console.log(`${checkpoint.length} bytes, cut at ${cuts.join(", ")}`);
  const open = async () => {
    const page = await browser.page(`${site.url}/?model=golden/nothing.gguf&keep=no`);
    page.setDefaultTimeout(3_600_000);
    return page;
  };
  let page = await open();
  const killed = page.evaluate(load, source).catch(() => undefined);
  await page.waitForFunction(() => globalThis.share > 0.4, undefined, { polling: 100 });
  await page.close();
  await killed;
  const servedBefore = hub.servedBytes;
  page = await open();
  const first = await page.evaluate(load, source);
  const { endedAt: lastByte } = hub;
  console.log(`killed at 40 %, then loaded in ${first.loaded_s.toFixed(0)} s, ${megabytes(first.kept_bytes)} of them from the device`);
  console.log(`${megabytes(hub.servedBytes)} served in all, ${megabytes(servedBefore)} before the tab was killed; cuts left: ${hub.cuts.length}`);
  console.log(`from the last byte to the first token ${((first.token_at - lastByte) / 1000).toFixed(1)} s`);
  const heap = first.heap_most - first.heap_before;
  console.log(`wasm heap ${megabytes(first.heap_before)} with the tokenizer, ${megabytes(first.heap_most)} at most`);
  const renderer = rendererBytes();
  console.log(`renderer ${megabytes(renderer)} at most`);
  await page.close();
  hub.fails = true;
  hub.fetched.length = 0;
  page = await open();
  const second = await page.evaluate(load, source);
  console.log(`second visit without a server: ${second.loaded_s.toFixed(1)} s, ${megabytes(second.kept_bytes)}, the same token: ${second.token === first.token}`);
  must(first.notes.length === 0, `notes: ${first.notes.join("; ")}`);
  must(first.kept_bytes > 0.35 * checkpoint.length, "what was fetched before the tab was killed is used");
  must(hub.servedBytes <= 1.03 * checkpoint.length, "little is served twice");
  if (device === "webgpu") {
    const share = first.gpu_bytes / (first.weights_bytes + KV_BYTES);
    console.log(`GPU ${first.gpu_bytes} bytes, ${share.toFixed(3)} x (weights ${first.weights_bytes} + KV at 4096)`);
    must(heap <= MOST_HEAP_BYTES, `the heap grew by ${megabytes(heap)}`);
    must(renderer <= MOST_RENDERER_BYTES, `the renderer took ${megabytes(renderer)}`);
    must(share <= MOST_GPU_SHARE, `the GPU holds ${share} of what it must`);
  }
  for (const visit of device === "cpu" ? [first, second] : []) {
    const sum = visit.weights_bytes + KV_BYTES + rest(visit);
    console.log(`weights ${megabytes(visit.weights_bytes)} + KV at 4096 ${megabytes(KV_BYTES)} + ${megabytes(rest(visit))} = ${megabytes(sum)}`);
    must(rest(visit) <= REST_BYTES, `beside weights and KV it takes ${megabytes(rest(visit))}`);
  }
  must(second.token === first.token && hub.fetched.length === 0, "the second visit finds the same without a request");
} finally {
  await browser.close();
  await site.close();
  await hub.close();
}
faults.forEach((words) => console.error(`FAILED: ${words}`));
process.exitCode = faults.length === 0 ? 0 : 1;
