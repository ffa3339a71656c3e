/** What kernels took, as rates beside the copy's. */

import type { KernelTime, KernelTimes } from "../engine/reckon";
import type { Kernel, Kernels } from "./figures";
import { spread } from "./spread";

/** The kernels of a token after `depth` others. */
export function kernels({ by_timestamps, copy_bytes, copy_us, kernels }: KernelTimes, depth: number): Kernels {
  const copy_gb_per_s = spread(copy_us.map((us) => copy_bytes / us / 1e3));
  return {
    depth,
    timed_by: by_timestamps ? "timestamps" : "wall time",
    copy_gb_per_s,
    copy_bytes,
    kernels: kernels.map((time) => kernel(time, copy_gb_per_s.median)),
  };
}

function kernel({ kernel, of, shape, dispatches, bytes, us }: KernelTime, copy_gb_per_s: number): Kernel {
  const us_per_token = spread(us).median;
  const gb_per_s = bytes / us_per_token / 1e3;
  return {
    kernel,
    of,
    shape,
    dispatches,
    bytes: Math.floor(bytes / dispatches),
    us: spread(us.map((us) => us / dispatches)),
    us_per_token,
    gb_per_s,
    percent_of_copy: (100 * gb_per_s) / copy_gb_per_s,
  };
}
