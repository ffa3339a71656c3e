/** A model that is asked a suite's problems, one after the other, and what comes of it. */

import { version } from "../../package.json";
import type { Place } from "../engine/place";
import { type Description, type LoadOptions, type Plan, Reckon } from "../engine/reckon";
import type { Grader } from "./grader";
import type { Answered, Conditions, Grade, Offer, Opened, Question } from "./messages";

/** Positions that a conversation has where nobody asks for more. */
const USUAL_CONTEXT = 4096;

/** How problems are asked. */
export interface Manner {
  readonly suite: string;
  readonly limit: number;
  readonly max_tokens: number;
  readonly temperature: number;
  readonly top_p: number;
  readonly seed: number;
}

/** What a run tells while it goes on. */
export interface Told {
  /** What is being done, in words. */
  readonly tell: (words: string) => void;
  /** Problems that will be asked. */
  readonly begin: (questions: readonly Question[]) => void;
  /** Tokens of the answer that is being written. */
  readonly write: (tokens: number) => void;
  readonly answer: (question: Question, answered: Answered, grade: Grade) => void;
}

/** What a run is made of. */
export interface Examination {
  readonly place: Place;
  readonly load: LoadOptions;
  readonly manner: Manner;
  readonly offer: Offer;
  readonly grader: Grader;
  /** The suite's file. */
  readonly file: Uint8Array;
  readonly signal: AbortSignal;
}

/** Loads the model and asks it; ends early where the signal says so, with what there is. */
export async function examine(examination: Examination, told: Told): Promise<void> {
  const { manner, grader, file, signal } = examination;
  const opened = await grader.ask("open", { suite: manner.suite, file });
  const questions = await grader.ask("questions", { seed: manner.seed, limit: manner.limit });
  const { model, plan } = await loaded(examination, told);
  try {
    await grader.ask("begin", conditions(examination, opened, plan, model.description));
    told.begin(questions);
    for (const question of questions) {
      const answered = await answer(model, examination, question, told);
      if (signal.aborted) {
        return;
      }
      told.answer(question, answered, await grader.ask("grade", answered));
    }
  } finally {
    model.dispose();
  }
}

async function loaded({ place, load, manner, offer, signal }: Examination, { tell }: Told): Promise<{ model: Reckon; plan: Plan }> {
  const plans: Plan[] = [];
  const needed = manner.max_tokens + offer.prompt_positions;
  tell("Loading");
  const model = await Reckon.load(place.source, {
    ...(needed > USUAL_CONTEXT ? { context: needed } : {}),
    ...load,
    signal,
    onPlan: (plan) => void plans.push(plan),
    onProgress: ({ loaded_bytes, total_bytes }) => {
      tell(total_bytes ? `Loading: ${Math.floor((100 * loaded_bytes) / total_bytes)} %` : "Loading");
    },
  });
  const [plan] = plans;
  if (plan === undefined) {
    throw new Error("the engine told nothing of what the model takes");
  }
  return { model, plan };
}

function conditions({ place, load, manner }: Examination, opened: Opened, plan: Plan, { kv, device, adapter, context }: Description): Conditions {
  const { suite, max_tokens, temperature, top_p, seed } = manner;
  return {
    suite,
    data_sha256: opened.data_sha256,
    problems: opened.problems,
    model: place.name,
    parameters: plan.parameters,
    dtypes: plan.dtypes,
    kv,
    activations: load.activations ?? "int8",
    device,
    adapter,
    reckon: version,
    context,
    max_tokens,
    temperature,
    top_p,
    seed,
  };
}

/** Asks one problem, in a conversation of its own. */
async function answer(model: Reckon, { manner, offer, signal }: Examination, { number, seed, question }: Question, { write }: Told): Promise<Answered> {
  const { max_tokens, temperature, top_p } = manner;
  const conversation = model.conversation();
  const started = performance.now();
  let text = "";
  let written = 0;
  try {
    const options = { max_tokens, sampling: { temperature, top_p, seed }, stop: offer.stop, date: offer.date, signal };
    for await (const { event } of conversation.generate({ chat: [{ role: "user", content: question }] }, options)) {
      if (event.kind === "prompt") {
        continue;
      }
      text += event.text;
      if (event.kind === "token") {
        write(++written);
      } else {
        const { prompt_tokens, completion_tokens, reason: finish_reason } = event;
        const ms = performance.now() - started;
        return { number, sample: 0, seed, text, prompt_tokens, completion_tokens, finish_reason, ms };
      }
    }
  } finally {
    await conversation.close();
  }
  throw new Error("the engine ended an answer without a word");
}
