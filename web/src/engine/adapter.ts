/** Whether there is anybody to compute and what it can hold, asked before a byte of a model is fetched. */

import type { Device } from "./messages";

/** The part of `navigator.gpu` that is asked here. */
interface Gpu {
  requestAdapter(options?: { powerPreference: "high-performance" }): Promise<Adapter | null>;
}

interface Adapter {
  readonly limits: { readonly maxBufferSize: number; readonly maxStorageBufferBindingSize: number };
}

/** `maxStorageBufferBindingSize` of every adapter. */
const DEFAULT_BUFFER_BYTES = 128 * 2 ** 20;

/** Resolves with what the device offers where there is an adapter; rejects with what to do where there is none. */
export async function requireAdapter(defaultLimits = false): Promise<Device> {
  const { gpu, deviceMemory: memory } = navigator as { gpu?: Gpu; deviceMemory?: number };
  if (!gpu) {
    throw fault(
      isSecureContext
        ? "this browser has no WebGPU; Chrome and Edge have it from 113 on, Safari from 26, Firefox from 141"
        : "WebGPU works on https pages and on localhost only, and this page is neither",
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw fault(
      "this browser has WebGPU but finds no GPU adapter it may use; update the graphics driver, turn hardware " +
        "acceleration on in the browser's settings, or try another browser",
    );
  }
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const storage = await room();
  return {
    buffer_bytes: defaultLimits ? DEFAULT_BUFFER_BYTES : Math.min(maxBufferSize, maxStorageBufferBindingSize),
    ...(memory === undefined ? {} : { memory_bytes: memory * 2 ** 30 }),
    ...(storage === undefined ? {} : { storage_bytes: storage }),
  };
}

/** What is left of what the browser lets this site keep, where it tells. */
async function room(): Promise<number | undefined> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? undefined : Math.max(0, quota - usage);
  } catch {
    return undefined;
  }
}

/** An error of the GPU's, for the person who reads it. */
export function fault(message: string): Error {
  return Object.assign(new Error(message), { code: "gpu" });
}
