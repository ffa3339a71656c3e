// What the processes of one browser take: seconds of the processor, memory.

import { readFileSync, readdirSync } from "node:fs";

/** The kernel counts a process's time in ticks of this length, on every Linux that Chromium runs on. */
const TICKS_PER_S = 100;

/** The processes whose command line names `profile`, and all that came of them. */
export class Processes {
  #profile;
  #ticks = new Map();
  #peak_kib = { renderer: 0, gpu: 0, tree: 0 };

  constructor(profile) {
    this.#profile = profile;
  }

  /** Seconds of the processor so far, user and system, of those that have ended too. */
  cpuSeconds() {
    for (const { pid } of this.#tree()) {
      const [user, system] = fields(pid).slice(11, 13);
      this.#ticks.set(pid, Number(user ?? 0) + Number(system ?? 0));
    }
    return [...this.#ticks.values()].reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_S;
  }

  /** Looks at their memory now. */
  look() {
    let tree = 0;
    for (const { pid, command } of this.#tree()) {
      const status = read(`/proc/${pid}/status`);
      tree += kib(status, "VmRSS");
      const kind = command.includes("--type=renderer") ? "renderer" : command.includes("--type=gpu-process") ? "gpu" : undefined;
      if (kind) {
        this.#peak_kib[kind] = Math.max(this.#peak_kib[kind], kib(status, "VmHWM"));
      }
    }
    this.#peak_kib.tree = Math.max(this.#peak_kib.tree, tree);
  }

  /** Most that the largest renderer and the GPU process held at any time, and all together when they were looked at. */
  get memory() {
    const peaks = Object.entries(this.#peak_kib);
    return Object.fromEntries(peaks.map(([kind, peak]) => [`${kind}_peak_mib`, Math.round(peak / 1024)]));
  }

  #tree() {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
    const all = pids.map((pid) => ({ pid, parent: Number(fields(pid)[1]), command: read(`/proc/${pid}/cmdline`) }));
    const ours = new Set(all.filter(({ command }) => command.includes(this.#profile)).map(({ pid }) => pid));
    for (let before = -1; before !== ours.size; ) {
      before = ours.size;
      all.filter(({ parent }) => ours.has(parent)).forEach(({ pid }) => ours.add(pid));
    }
    return all.filter(({ pid }) => ours.has(pid));
  }
}

/** Seconds that the machine's processors were idle, and all of their seconds, since it started. */
export function idleSeconds() {
  const ticks = read("/proc/stat").split("\n")[0].trim().split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, count) => sum + count, 0);
  return { idle_s: (ticks[3] + ticks[4]) / TICKS_PER_S, all_s: all / TICKS_PER_S };
}

/** Of /proc/PID/stat, what stands after the name: state, parent and so on. */
function fields(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function kib(status, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}

/** Nothing where the process has ended. */
function read(file) {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
