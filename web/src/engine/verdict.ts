/** Whether a model fits a device, before its weights are fetched. */

import { fault } from "./adapter";
import type { Device, Plan, Prospect } from "./messages";

/** From here on a browser may mean more than it says. */
const MOST_TOLD_BYTES = 8 * 2 ** 30;

/** The plan with its verdict; throws where the model cannot fit, with what is needed and what there is. */
export function prospect(plan: Plan, device: Device): Prospect {
  const { weights_bytes, kv_bytes, context, largest_buffer_bytes: largest } = plan;
  const { buffer_bytes, memory_bytes: memory } = device;
  const positions = `${context.toLocaleString()} positions`;
  if (largest > buffer_bytes) {
    throw fault(
      `with ${positions} the keys of one layer need ${megabytes(largest)} in one buffer, and this GPU allows ` +
        `${megabytes(buffer_bytes)}; ask for a smaller context`,
    );
  }
  const needed = weights_bytes + kv_bytes;
  if (memory !== undefined && memory < MOST_TOLD_BYTES && needed > memory) {
    throw fault(
      `the model needs ${megabytes(needed)} of GPU memory with ${positions}, and this device has about ` +
        `${megabytes(memory)} of memory in all; ask for a smaller dtype or context, or choose a smaller model`,
    );
  }
  return { ...plan, device, verdict: memory !== undefined && needed > memory / 2 ? "tight" : "fits" };
}

function megabytes(count: number): string {
  return `${Math.round(count / 1e6).toLocaleString()} MB`;
}
