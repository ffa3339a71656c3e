/** A model loaded, measured and given up. */

import { version } from "../../package.json";
import { type LoadOptions, type Plan, Reckon } from "../engine/reckon";
import type { Place } from "../engine/place";
import { time } from "../page/quantities";
import { type Browser, type Figures, FORMAT } from "./figures";
import { type Manner, measure } from "./measure";

/** Everything that is measured of the model in `place`, loaded so. */
export async function figuresOf({ source, name }: Place, load: LoadOptions, manner: Manner): Promise<Figures> {
  const { repeat, signal, tell } = manner;
  const at = new Date().toISOString();
  const started = performance.now();
  const plans: Plan[] = [];
  tell("loading");
  const model = await Reckon.load(source, {
    ...load,
    timestamps: true,
    signal,
    onPlan: (plan) => void plans.push(plan),
    onProgress: ({ loaded_bytes, total_bytes }) => {
      tell(total_bytes ? `loading: ${Math.floor((100 * loaded_bytes) / total_bytes)} %` : "loading");
    },
  });
  try {
    const load_ms = performance.now() - started;
    tell(`loaded in ${time(load_ms)}`);
    const [plan] = plans;
    if (plan === undefined) {
      throw new Error("the engine told nothing of what the model takes");
    }
    const measured = await measure(model, plan, manner);
    const named = { name, dtypes: plan.dtypes };
    return { ...FORMAT, at, reckon: version, browser: browser(), model: named, device: model.description, repeat, load_ms, ...measured };
  } finally {
    model.dispose();
  }
}

function browser(): Browser {
  const { userAgent, platform, hardwareConcurrency, deviceMemory } = navigator as Navigator & { deviceMemory?: number };
  return {
    user_agent: userAgent,
    platform,
    processors: hardwareConcurrency,
    ...(deviceMemory === undefined ? {} : { memory_gb: deviceMemory }),
  };
}
