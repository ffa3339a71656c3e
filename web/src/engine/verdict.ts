/** Whether a model fits a device, before its weights are fetched. */

import type { Plan, Prospect, Room } from "./messages";
import { fault } from "./room";

/** From here on a browser may mean more than it says. */
const MOST_TOLD_BYTES = 8 * 2 ** 30;
/** What a module of 32-bit WebAssembly can address, and what of it the engine itself may take. */
const HEAP_BYTES = 4 * 2 ** 30;
const ENGINE_BYTES = 64 * 2 ** 20;

/** The plan with its verdict; throws where the model cannot fit, with what is needed and what there is. */
export function prospect(plan: Plan, room: Room): Prospect {
  const { device, weights_bytes, kv_bytes, context, largest_buffer_bytes: largest } = plan;
  const { buffer_bytes = Infinity, memory_bytes: memory } = room;
  const positions = `${context.toLocaleString()} positions`;
  const needed = weights_bytes + kv_bytes;
  const advice = "ask for a smaller dtype or context, or choose a smaller model";
  if (device === "webgpu" && largest > buffer_bytes) {
    throw fault(
      "gpu",
      `with ${positions} the keys of one layer need ${megabytes(largest)} in one buffer, and this GPU allows ` +
        `${megabytes(buffer_bytes)}; ask for a smaller context`,
    );
  }
  if (device === "cpu" && needed + ENGINE_BYTES > HEAP_BYTES) {
    throw fault(
      "memory",
      `the model needs ${megabytes(needed + ENGINE_BYTES)} of memory with ${positions}, and WebAssembly has ` +
        `${megabytes(HEAP_BYTES)} at most; ${advice}`,
    );
  }
  if (memory !== undefined && memory < MOST_TOLD_BYTES && needed > memory) {
    const [code, kind] = device === "webgpu" ? (["gpu", "GPU memory"] as const) : (["memory", "memory"] as const);
    throw fault(
      code,
      `the model needs ${megabytes(needed)} of ${kind} with ${positions}, and this device has about ` +
        `${megabytes(memory)} of memory in all; ${advice}`,
    );
  }
  return { ...plan, room, verdict: memory !== undefined && needed > memory / 2 ? "tight" : "fits" };
}

function megabytes(count: number): string {
  return `${Math.round(count / 1e6).toLocaleString()} MB`;
}
