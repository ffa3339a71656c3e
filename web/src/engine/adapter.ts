/** Whether there is anybody to compute, asked before a byte of a model is fetched. */

/** The part of `navigator.gpu` that is asked here. */
interface Gpu {
  requestAdapter(options?: { powerPreference: "high-performance" }): Promise<object | null>;
}

/** Resolves where there is an adapter; rejects with what to do where there is none. */
export async function requireAdapter(): Promise<void> {
  const { gpu } = navigator as { gpu?: Gpu };
  if (!gpu) {
    throw fault(
      isSecureContext
        ? "this browser has no WebGPU; Chrome and Edge have it from 113 on, Safari from 26, Firefox from 141"
        : "WebGPU works on https pages and on localhost only, and this page is neither",
    );
  }
  if (!(await gpu.requestAdapter({ powerPreference: "high-performance" }))) {
    throw fault(
      "this browser has WebGPU but finds no GPU adapter it may use; update the graphics driver, turn hardware " +
        "acceleration on in the browser's settings, or try another browser",
    );
  }
}

function fault(message: string): Error {
  return Object.assign(new Error(message), { code: "gpu" });
}
