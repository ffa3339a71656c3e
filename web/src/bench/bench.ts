/** The page that measures: `?model=` and its kin as in the app, and `?repeat=`. */

import { version } from "../../package.json";
import { type Plan, Reckon } from "../engine/reckon";
import { type Choice, wishes } from "../page/address";
import { besideTheApp } from "../page/beside";
import { time } from "../page/quantities";
import { sentence } from "../page/sentence";
import { type Browser, type Figures, FORMAT } from "./figures";
import { measure } from "./measure";
import { shown } from "./shown";

const REPEAT = 5;

const address = new URL(location.href);
const asked = wishes(address);
const repeat = Math.max(1, Math.floor(Number(address.searchParams.get("repeat")) || REPEAT));

const [begin, stop, state, found] = ["begin", "stop", "state", "found"].map((id) => document.getElementById(id)) as [
  HTMLButtonElement,
  HTMLButtonElement,
  HTMLElement,
  HTMLElement,
];
let ending = new AbortController();

begin.addEventListener("click", () => void run());
stop.addEventListener("click", () => ending.abort());

async function run(): Promise<void> {
  ending = new AbortController();
  found.replaceChildren();
  state.className = "";
  running(true);
  try {
    const choice = asked.choice ?? (await besideTheApp(address));
    if (choice === undefined) {
      throw new Error("there is no model beside the app; name one by ?model=");
    }
    const figures = await figuresOf(choice, ending.signal);
    found.replaceChildren(...shown(figures));
    state.textContent = "Measured.";
  } catch (error) {
    state.className = "fault";
    state.textContent = ending.signal.aborted ? "Stopped." : sentence(error);
  } finally {
    running(false);
  }
}

function running(is: boolean): void {
  begin.hidden = is;
  stop.hidden = !is;
}

async function figuresOf(choice: Choice, signal: AbortSignal): Promise<Figures> {
  const tell = (words: string) => (state.textContent = words);
  const at = new Date().toISOString();
  const started = performance.now();
  const plans: Plan[] = [];
  tell("loading");
  const model = await Reckon.load(choice.source, {
    ...asked.load,
    ...choice.load,
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
    const measured = await measure(model, plan, { repeat, signal, tell });
    const named = { name: choice.name, dtypes: plan.dtypes };
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
