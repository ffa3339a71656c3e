/** What room a device has for a model, and whether there is the GPU that was asked for: before a byte is fetched. */

import type { FaultCode, LoadOptions, Plan, Room } from "./messages";

/** The part of `navigator.gpu` that is asked here. */
interface Gpu {
  requestAdapter(options?: { powerPreference: "high-performance" }): Promise<Adapter | null>;
}

interface Adapter {
  readonly limits: { readonly maxBufferSize: number; readonly maxStorageBufferBindingSize: number };
}

/** `maxStorageBufferBindingSize` of every adapter. */
const DEFAULT_BUFFER_BYTES = 128 * 2 ** 20;

/** Rejects, with what to do, where a GPU is asked for by name and there is none. */
export async function lookForGpu({ device }: LoadOptions): Promise<void> {
  if (device === "webgpu") {
    await findAdapter(true);
  }
}

/** Resolves with what the device offers where `computes` is what was chosen. */
export async function lookAround(computes: Plan["device"], { default_limits }: LoadOptions): Promise<Room> {
  const adapter = computes === "cpu" ? undefined : await findAdapter(false);
  const { deviceMemory: memory } = navigator as { deviceMemory?: number };
  const storage = await left();
  return {
    ...(adapter === undefined ? {} : { buffer_bytes: default_limits ? DEFAULT_BUFFER_BYTES : largestBuffer(adapter) }),
    ...(memory === undefined ? {} : { memory_bytes: memory * 2 ** 30 }),
    ...(storage === undefined ? {} : { storage_bytes: storage }),
  };
}

async function findAdapter(isNeeded: boolean): Promise<Adapter | undefined> {
  const { gpu } = navigator as { gpu?: Gpu };
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (adapter || !isNeeded) {
    return adapter ?? undefined;
  }
  if (gpu) {
    throw fault(
      "gpu",
      "this browser has WebGPU but finds no GPU adapter it may use; update the graphics driver, turn hardware " +
        "acceleration on in the browser's settings, or let the processor compute",
    );
  }
  throw fault(
    "gpu",
    isSecureContext
      ? "this browser has no WebGPU; Chrome and Edge have it from 113 on, Safari from 26, Firefox from 141; or let the " +
        "processor compute"
      : "WebGPU works on https pages and on localhost only, and this page is neither; the processor can compute all the same",
  );
}

function largestBuffer({ limits: { maxBufferSize, maxStorageBufferBindingSize } }: Adapter): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

/** What is left of what the browser lets this site keep, where it tells. */
async function left(): Promise<number | undefined> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? undefined : Math.max(0, quota - usage);
  } catch {
    return undefined;
  }
}

/** An error for the person who reads it. */
export function fault(code: FaultCode, message: string): Error {
  return Object.assign(new Error(message), { code });
}
