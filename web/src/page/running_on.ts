import { html, nothing, type TemplateResult } from "lit";

import type { Description } from "../engine/reckon";
import { bytes } from "./quantities";

/** What computes a model, what it takes there, and why there; then what the loader did that a person should know. */
export function runningOn({ device, why, adapter, software_adapter, gpu_bytes, heap_bytes, notes }: Description): TemplateResult {
  const isGpu = device === "webgpu";
  const isSlow = isGpu && software_adapter && why === "";
  return html`
    · ${adapter} · ${isGpu ? `${bytes(gpu_bytes)} of GPU memory` : `${bytes(heap_bytes)} of memory`}
    ${why === "" ? nothing : html`<br />Computed on ${isGpu ? "the GPU" : "the processor"}: ${why}`}
    ${isSlow ? html`<br /><strong>This GPU is a program on the processor, and slow.</strong>` : nothing}
    ${notes.map((note) => html`<br />${note}`)}
  `;
}
