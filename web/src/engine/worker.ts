/** The worker: owns wasm and what computes, answers messages, never touches the DOM. */

import init, { type Engine, forget_model, kept_models, load, on_panic, type Session } from "../../pkg/reckon.js";
import { alone } from "./alone";
import type { Fault, FaultCode, Plan, Progress, Reply, Request, Result, Room } from "./messages";
import { moduleAddress } from "./module";
import { lookAround, lookForGpu } from "./room";
import { turn } from "./turn";
import { prospect } from "./verdict";

/** Conversations by number; each has its place in memory. */
const sessions = new Map<number, Session>();
/** How to end a running call. */
const aborts = new Map<number, () => void>();
/** How to end the thinking of a running generation. */
const thoughts = new Map<number, () => void>();
/** How to answer a load that waits for its plan's answer. */
const consents = new Map<number, (goes: boolean) => void>();
let engine: Engine | undefined;
let isBroken = false;

const post = (reply: Reply, transfer: Transferable[] = []) =>
  (self as unknown as { postMessage(reply: Reply, transfer: Transferable[]): void }).postMessage(reply, transfer);

const ready = init({ module_or_path: moduleAddress() }).then(
  () => {
    performance.mark("module ready");
    on_panic((message: string) => broken(message));
  },
  (thrown) => {
    const message = `the engine itself could not be loaded (${String(thrown)}); reload the page`;
    throw Object.assign(new Error(message), { code: "files" });
  },
);
// Whoever asks for something is told.
ready.catch(() => undefined);

/** After a trap nothing in the module can be trusted: everything that waits is told so, once. */
function broken(message: string): void {
  if (isBroken) {
    return;
  }
  isBroken = true;
  post({ tell: "broken", fault: { code: "defect", message } });
}

self.addEventListener("message", (event: MessageEvent<Request>) => void answer(event.data));
self.addEventListener("error", (event) => broken(`the engine stopped: ${event.message}`));
self.addEventListener("unhandledrejection", (event) => broken(`the engine stopped: ${String(event.reason)}`));

async function answer(request: Request): Promise<void> {
  const { call } = request;
  try {
    await ready;
    const result = await perform(request);
    post({ call, tell: "result", result }, result instanceof Float32Array ? [result.buffer] : []);
  } catch (thrown) {
    // A trap comes after the message of the panic that caused it, or stands for one that could not speak.
    if (thrown instanceof WebAssembly.RuntimeError) {
      broken(`the engine stopped: ${thrown.message}; it may have run out of memory`);
    }
    post({ call, tell: "fault", fault: fault(thrown) });
  } finally {
    aborts.delete(call);
    thoughts.delete(call);
  }
}

function fault(thrown: unknown): Fault {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = (thrown as { code?: unknown } | null)?.code;
  return { code: typeof code === "string" ? (code as FaultCode) : "defect", message };
}

async function perform(request: Request): Promise<Result> {
  switch (request.ask) {
    case "load":
      return loadModel(request);
    case "generate":
      return generate(request);
    case "logits": {
      const session = await alone(() => loaded().session());
      try {
        return await alone(() => session.logits(request.tokens, request.prefill));
      } finally {
        session.free();
      }
    }
    case "tokenize":
      return loaded().tokenize(request.prompt, localTime(new Date()));
    case "describe":
      return loaded().description();
    case "time-decode":
      return alone(() => loaded().time_decode(request.positions, request.tokens, request.repeat));
    case "time-kernels":
      return alone(() => loaded().time_kernels(request.positions, request.samples));
    case "kept":
      return kept_models();
    case "forget":
      return forget_model(request.key);
    case "lose-device":
      return loaded().lose_device();
    case "proceed":
      return consents.get(request.what)?.(request.goes);
    case "abort":
      return aborts.get(request.what)?.();
    case "answer-now":
      return thoughts.get(request.what)?.();
    case "close-session":
      sessions.get(request.session)?.free();
      sessions.delete(request.session);
      return undefined;
  }
}

function loaded(): Engine {
  if (!engine) {
    throw Object.assign(new Error("no model is loaded"), { code: "state" });
  }
  return engine;
}

async function loadModel({ call, source, options }: Request & { ask: "load" }): Promise<Result> {
  // One model at a time: the last one's memory is free before the next one's is asked for.
  sessions.forEach((session) => session.free());
  sessions.clear();
  engine?.free();
  engine = undefined;
  if ("url" in source && source.url.startsWith("file:")) {
    const message = `a page may not read ${source.url} by its address; choose the file, or drop it on the page`;
    throw Object.assign(new Error(message), { code: "files" });
  }
  const controller = new AbortController();
  aborts.set(call, () => controller.abort());
  performance.mark("load begins");
  await lookForGpu(options);
  const onPlan = async (plan: Plan) => consent(call, plan, await lookAround(plan.device, options), controller.signal);
  const onProgress = (progress: Progress) => post({ call, tell: "progress", progress });
  engine = await load(source, options, onPlan, onProgress, controller.signal);
  performance.mark("load ends");
  return engine.description();
}

/** Tells the page what a model will take; resolves where the load is to go on. */
async function consent(call: number, plan: Plan, room: Room, signal: AbortSignal): Promise<void> {
  post({ call, tell: "plan", plan: prospect(plan, room) });
  const goes = await new Promise<boolean>((resolve) => {
    consents.set(call, resolve);
    signal.addEventListener("abort", () => resolve(false));
  });
  consents.delete(call);
  if (!goes) {
    throw Object.assign(new Error("loading was stopped"), { code: "aborted" });
  }
}

/** The time on the visitor's clock, ISO 8601 without an offset: a chat template names the day where the visitor is. */
function localTime(now: Date): string {
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

async function generate({ call, session: number, prompt, options }: Request & { ask: "generate" }): Promise<Result> {
  let aborted = false;
  aborts.set(call, () => {
    aborted = true;
    sessions.get(number)?.abort();
  });
  const session = sessions.get(number) ?? (await alone(() => loaded().session()));
  sessions.set(number, session);
  session.start(prompt, { date: localTime(new Date()), ...options });
  if (aborted) {
    session.abort();
  }
  thoughts.set(call, () => session.answer_now());
  for (;;) {
    const event = await alone(() => session.step());
    if (event) {
      post({ call, tell: "event", event, statistics: session.statistics() });
    }
    if (event?.kind === "done") {
      return undefined;
    }
    // The processor's steps wait for nothing: without this an abort would not be heard.
    await turn();
  }
}
