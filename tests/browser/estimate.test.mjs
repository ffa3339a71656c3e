// What is told of a model before anything of it is fetched, held against what the engine plans of a model of that shape.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { openChromium } from "./chromium.mjs";
import { GOLDEN, openSite } from "./site.mjs";

const WEB = fileURLToPath(new URL("../../web/", import.meta.url));
const TINY = join(GOLDEN, "tiny_text_folder");
/** How a model may be asked for; the smallest is in every way, and the others as they suit and with all their positions. */
const FEW = [{}, { dtype: "q4", context: 32_768 }];
const ALL = [...FEW, { dtype: "f32" }, { dtype: "f16", kv: "f32" }, { dtype: "q8" }, { dtype: "q6" }, { dtype: "q4_1" }];

let site, browser, page, told;

before(async () => {
  site = await openSite();
  browser = await openChromium();
  page = await browser.page(`${site.url}/?model=golden/nothing.gguf`);
  told = { ...(await built("family")), ...(await built("estimate")) };
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** A module of `web/src/presets`, as Node takes it. */
async function built(name) {
  const { build } = await import(pathToFileURL(createRequire(join(WEB, "package.json")).resolve("vite")));
  const lib = { entry: join(WEB, `src/presets/${name}.ts`), formats: ["es"] };
  const [{ output }] = await build({ configFile: false, logLevel: "silent", build: { write: false, lib } });
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}

/** Names and shapes of a checkpoint's tensors, as published. */
function tensors({ num_hidden_layers, num_attention_heads, num_key_value_heads, hidden_size, intermediate_size }) {
  const [q, kv] = [num_attention_heads * told.HEAD_DIM, num_key_value_heads * told.HEAD_DIM];
  const layer = {
    "input_layernorm": [hidden_size],
    "self_attn.q_proj": [q, hidden_size],
    "self_attn.k_proj": [kv, hidden_size],
    "self_attn.v_proj": [kv, hidden_size],
    "self_attn.o_proj": [hidden_size, q],
    "post_attention_layernorm": [hidden_size],
    "feed_forward.gate_proj": [intermediate_size, hidden_size],
    "feed_forward.up_proj": [intermediate_size, hidden_size],
    "feed_forward.down_proj": [hidden_size, intermediate_size],
  };
  const layers = Array.from({ length: num_hidden_layers }, (_, l) => Object.entries(layer).map(([name, shape]) => [`model.layers.${l}.${name}.weight`, shape]));
  return [["model.embed_tokens.weight", [told.VOCAB_SIZE, hidden_size]], ...layers.flat(), ["model.norm.weight", [hidden_size]]];
}

/** The head of a file of weights, and how long the whole would be. */
function checkpoint(member) {
  let at = 0;
  const entries = tensors(member).map(([name, shape]) => {
    const from = at;
    at += 4 * shape.reduce((product, side) => product * side, 1);
    return [name, { dtype: "F32", shape, data_offsets: [from, at] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return { head: Buffer.concat([length, header]), size: 8 + header.length + at };
}

/** Serves a folder of that shape whose weights are nothing but their head. */
async function serve(member) {
  const config = JSON.parse(readFileSync(join(TINY, "config.json"), "utf8"));
  const { num_hidden_layers, intermediate_size, name: _, repo: __, scores: ___, ...shape } = member;
  Object.assign(config, shape, {
    num_hidden_layers,
    intermediate_size_mlp: intermediate_size,
    head_dim: told.HEAD_DIM,
    vocab_size: told.VOCAB_SIZE,
    max_position_embeddings: told.MOST_POSITIONS,
    no_rope_layers: Array(num_hidden_layers).fill(1),
    layer_types: Array(num_hidden_layers).fill("full_attention"),
  });
  const { head, size } = checkpoint(member);
  await page.context().route("**/golden/of_a_shape/**", (route) => {
    const file = route.request().url().split("/").at(-1);
    if (file === "model.safetensors") {
      const body = Buffer.concat([head, Buffer.alloc(65_536)]).subarray(0, 65_536);
      return route.fulfill({ status: 206, headers: { "Content-Range": `bytes 0-${body.length - 1}/${size}` }, body });
    }
    return file === "config.json" ? route.fulfill({ json: config }) : file === "tokenizer.json" ? route.fulfill({ path: join(TINY, file) }) : route.fulfill({ status: 404, body: "no" });
  });
}

/** What the engine plans; no weight is fetched. Runs in the page. */
async function planned({ url, options }) {
  let plan;
  const load = customElements.get("reckon-app").Reckon.load({ url }, { ...options, device: "cpu", onPlan: (found) => ((plan = found), false) });
  const words = await load.then(() => "loaded", ({ message }) => message);
  const { download_bytes, parameters, dtypes, weights_bytes, kv_bytes, context, largest_buffer_bytes } = plan ?? {};
  return plan ? { download_bytes, parameters, dtypes, weights_bytes, kv_bytes, context, largest_buffer_bytes } : words;
}

test("what the list tells of each model is what the engine plans of its shape, byte for byte", async () => {
  for (const member of told.FAMILY) {
    await serve(member);
    for (const options of member === told.FAMILY.at(-1) ? ALL : FEW) {
      const { device: _, why: __, ...estimate } = told.planOf(member, options, "cpu");
      assert.deepEqual(await page.evaluate(planned, { url: `${site.url}/golden/of_a_shape/`, options }), estimate, `${member.name} ${JSON.stringify(options)}`);
    }
    await page.context().unroute("**/golden/of_a_shape/**");
  }
});
