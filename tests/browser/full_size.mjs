// 950M geometry in Chromium against transformers, on the processor and on WebGPU: two positions at q4, and the bytes it took.
// `python tests/golden/full_size.py FOLDER`, then `cargo xtask browser-full-size FOLDER`; it takes minutes.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

import { openChromium } from "./chromium.mjs";
import { openSite } from "./site.mjs";

const [folder] = process.argv.slice(2);
const POSITIONS = 2;
/** Sums of 1,536 to 6,144 products in another order, over 22 layers. */
const TOLERANCE = 1e-3;
/** Keys and values of a position: 22 layers, 6 heads of 64, f32. */
const KV_BYTES = 22 * 2 * 6 * 64 * 4;
/** Positions a cache begins with. */
const CAPACITY = 2048;
/** Positions by which a cache on the processor grows, and what it may take beside weights, keys and values. */
const PAGE = 256;
const REST_BYTES = 64 << 20;
/** Of weights, keys and values; the rest is activations. */
const MOST_GPU_BYTES = 1.1;

const { ids, logits, width } = expected(join(folder, "expected-q4.safetensors"));
const site = await openSite({ models: folder });
const browser = await openChromium();
try {
  for (const device of ["cpu", "webgpu"]) {
    const page = await browser.page(`${site.url}/?model=models/nothing.gguf&device=cpu`);
    page.setDefaultTimeout(1_200_000);
    const found = await page.evaluate(lookAt, { ids: ids.slice(0, POSITIONS), device });
    await page.close();
    const isRight = tellLogits(device, found);
    process.exitCode ||= isRight && (device === "cpu" ? fitsHeap(found) : fitsGpu(found)) ? 0 : 1;
  }
} finally {
  await browser.close();
  await site.close();
}

/** Whether the logits are those that are expected. */
function tellLogits(device, { logits: found, loaded_s, logits_s, description, heap }) {
  const row = logits.subarray(0, POSITIONS * width);
  let [worst, largest] = [0, 0];
  row.forEach((logit, i) => {
    worst = Math.max(worst, Math.abs(logit - found[i]));
    largest = Math.max(largest, Math.abs(logit));
  });
  const off = `off by ${(worst / largest).toExponential(1)} of the largest`;
  console.log(`${device} (${description.adapter}): loaded after ${loaded_s.toFixed(1)} s, logits ${logits_s.toFixed(1)} s later, ${off}`);
  console.log(`file ${statSync(join(folder, "950M-Q4.gguf")).size}, weights ${description.weights_bytes}, GPU ${description.gpu_bytes} bytes`);
  console.log(`wasm heap ${heap.before} bytes with the headers read, ${heap.loaded} with the weights, ${description.heap_bytes} in the end`);
  return worst <= TOLERANCE * largest && found.length === row.length;
}

/** Whether a conversation takes little more of the GPU than weights, keys and values. */
function fitsGpu({ gpu_bytes, description: { weights_bytes } }) {
  const share = gpu_bytes / (weights_bytes + CAPACITY * KV_BYTES);
  console.log(`a conversation of up to ${CAPACITY} positions takes ${gpu_bytes} bytes of GPU memory, ${share.toFixed(3)} x (weights + KV)`);
  return share <= MOST_GPU_BYTES;
}

/** Whether the heap holds little more than weights, keys and values, and would with 4,096 positions as they are held by default. */
function fitsHeap({ description: { heap_bytes, weights_bytes } }) {
  const rest = heap_bytes - weights_bytes - PAGE * KV_BYTES;
  const kv = (4096 * KV_BYTES) / 2;
  const words = `weights ${weights_bytes} + f16 keys and values of 4,096 positions ${kv} + the rest ${rest}`;
  console.log(`${words} = ${weights_bytes + kv + rest} bytes of the 4,294,967,296 that 32 bits address`);
  return rest <= REST_BYTES;
}

/** Ids and logits of a safetensors file, as far as they are looked at. */
function expected(path) {
  const file = openSync(path);
  const read = (start, length) => {
    const bytes = Buffer.alloc(length);
    readSync(file, bytes, 0, length, start);
    return bytes;
  };
  const header = Number(read(0, 8).readBigUInt64LE());
  const tensors = JSON.parse(read(8, header).toString());
  const words = (name, Words, most = Infinity) => {
    const [start, end] = tensors[name].data_offsets;
    const bytes = read(8 + header + start, Math.min(end - start, most * 4));
    return new Words(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };
  const width = tensors.logits.shape.at(-1);
  const found = { ids: Array.from(words("ids", Uint32Array)), logits: words("logits", Float32Array, POSITIONS * width), width };
  closeSync(file);
  return found;
}

/** Runs in the page. */
async function lookAt({ ids, device }) {
  const heap = {};
  const onProgress = ({ stage, heap_bytes }) => {
    if (stage !== "headers") {
      heap.before ??= heap_bytes;
      heap.loaded = heap_bytes;
    }
  };
  const seconds = () => performance.now() / 1000;
  const started = seconds();
  const { Reckon } = customElements.get("reckon-app");
  const url = new URL("models/950M-Q4.gguf", location.href).href;
  const model = await Reckon.load({ url }, { kv: "f32", device, activations: "f32", onProgress });
  const loaded = seconds();
  const logits = Array.from(await model.logits(Uint32Array.from(ids)));
  const times = { loaded_s: loaded - started, logits_s: seconds() - loaded };
  let gpu_bytes = 0;
  for await (const { statistics } of model.conversation().generate({ raw: "a" }, { max_tokens: 1 })) {
    gpu_bytes = statistics.gpu_bytes;
  }
  const description = await model.describe();
  model.dispose();
  return { logits, heap, ...times, gpu_bytes, description };
}
