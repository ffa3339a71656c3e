// What is compared: one line for each engine and model.

const SMOL = "smollm2-135m.Q4_1.gguf";
const BIG = "llama-950m.Q4_0.gguf";
const EVERY_CALL = ["cold", "question", "prompt", "decode", "long"];
const SMOL_MODEL = { prompts: "smol", context: 1024, question_tokens: 16, eos: [0, 2] };
const BIG_MODEL = { prompts: "950m", context: 1024, eos: [128001, 128008, 128009] };
/**
 * Of each group: what its models share, and which calls are made, those of `prompt` and `decode` with the prompt of that
 * name. Ids that end a sequence stand in `eos`.
 */
const OF = {
  smol: { ...SMOL_MODEL, calls: EVERY_CALL, prompt: "p64", decode_tokens: 64 },
  "950m": { ...BIG_MODEL, calls: ["decode"], prompt: "p64", decode_tokens: 32 },
  "smol on WebGPU": { ...SMOL_MODEL, calls: ["cold", "prompt", "decode"], prompt: "p8", decode_tokens: 33, has_adapter: true },
  "950m on WebGPU": { ...BIG_MODEL, calls: ["decode"], prompt: "p8", decode_tokens: 9, has_adapter: true },
};
const LIBRARIES = "@node-llama-cpp/linux-x64/bins/linux-x64";

const wllama = { page: "wllama.html", needs: (model) => [`models/${model}`, "node_modules/@wllama/wllama"] };
const transformers = (dtype, files) => ({
  page: "transformers.html",
  dtype,
  files,
  needs: (model) => [`models/${model}/onnx/${files[0]}`, "node_modules/@huggingface/transformers"],
});
/** On the software adapter it takes half a minute for a token: what is built at its first use comes with the first one. */
const fewTokens = { device: "webgpu", calls: ["decode"], decode_tokens: 3, limit_s: 900 };
const q4 = transformers("q4", ["model_q4.onnx", "model_q4.onnx_data"]);
const q8 = transformers("q8", ["model_quantized.onnx"]);
const ours = { page: "ours.html", needs: (model) => [`models/${model}`] };
const before = { ...ours, is_before: true };
const native = { libraries: LIBRARIES, needs: (model) => [`models/${model}`, `node_modules/${LIBRARIES}`] };
const terminal = { isTerminal: true, needs: (model) => [`models/${model}`] };

/** `device` is who computes for ours. */
export const cases = (device) => [
  of("smol", "wllama, 1 thread", wllama, { model: SMOL, threads: 1 }),
  of("smol", "wllama by itself", wllama, { model: SMOL }),
  of("smol", "transformers.js, 1 thread, q4", q4, { model: "smol", threads: 1 }),
  of("smol", "transformers.js, 1 thread, q8", q8, { model: "smol", threads: 1 }),
  of("smol", `ours, ${device}`, ours, { model: SMOL, device }),
  of("smol", "ours in the terminal, 1 thread", terminal, { model: SMOL, threads: 1 }),
  of("smol", "native llama.cpp, 1 thread", native, { model: SMOL, threads: 1 }),
  of("smol", "ours in the terminal, 2 threads", terminal, { model: SMOL, threads: 2 }),
  of("smol", "native llama.cpp, 2 threads", native, { model: SMOL, threads: 2 }),
  of("950m", "wllama, 1 thread", wllama, { model: BIG, threads: 1 }),
  of("950m", "transformers.js, 1 thread, q4", q4, { model: "950m", threads: 1 }),
  of("950m", `ours, ${device}`, ours, { model: BIG, device }),
  of("950m", "ours in the terminal, 1 thread", terminal, { model: BIG, threads: 1 }),
  of("950m", "native llama.cpp, 1 thread", native, { model: BIG, threads: 1 }),
  of("950m", "ours in the terminal, 2 threads", terminal, { model: BIG, threads: 2 }),
  of("950m", "native llama.cpp, 2 threads", native, { model: BIG, threads: 2 }),
  of("smol on WebGPU", "ours", ours, { model: SMOL, device: "webgpu" }),
  of("smol on WebGPU", "ours before", before, { model: SMOL, device: "webgpu" }),
  of("smol on WebGPU", "transformers.js, q4", q4, { model: "smol-f32", ...fewTokens }),
  of("smol on WebGPU", "wllama on the processor, 1 thread", wllama, { model: SMOL, threads: 1 }),
  of("950m on WebGPU", "ours", ours, { model: BIG, device: "webgpu" }),
  of("950m on WebGPU", "ours before", before, { model: BIG, device: "webgpu" }),
];

function of(group, engine, { needs, ...kind }, settings) {
  const name = `${group}: ${engine}`;
  return { name, group, engine, ...kind, ...OF[group], ...settings, needs: needs(settings.model) };
}
