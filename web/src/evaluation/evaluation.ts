/** The page that asks a suite: `?model=` and its kin as in the app, `?suite=`, `?limit=` and `?top_p=`. */

import { download } from "../page/exported";
import { sentence } from "../page/sentence";
import { copyText } from "../prose/clipboard";
import { AnswersView } from "./answers_view";
import { element } from "./element";
import { examine } from "./examination";
import { Grader } from "./grader";
import type { Offer, Standing } from "./messages";
import { hasSample, missing, problems, SAMPLES_LICENCE } from "./problems";
import { StandingView, summaryTable } from "./standing_view";
import { Wanted } from "./wanted";

const part = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const form = part<HTMLFormElement>("wanted");
const [begin, stop] = [part<HTMLButtonElement>("begin"), part<HTMLButtonElement>("stop")];
const [state, source] = [part("state"), part("source")];
const [standing, summary, answers] = [part("standing"), part("summary"), part("answers")];

const grader = new Grader();
let ending = new AbortController();
/** Which look at a suite's file was the last: a grader has one open, and a run has it to itself. */
let looks = 0;

stop.addEventListener("click", () => ending.abort());

grader.ask("offer", undefined).then(
  (offer) => {
    const wanted = new Wanted(form, offer, new URL(location.href));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void run(wanted, offer);
    });
    form.addEventListener("change", ({ target }) => {
      const { name, files } = target as HTMLInputElement;
      if (name === "file" && files?.length) {
        wanted.take(files);
      }
      if (name === "file" || name === "suite") {
        void look(wanted);
      }
    });
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      if (begin.hidden || !event.dataTransfer?.files.length) {
        return;
      }
      wanted.take(event.dataTransfer.files);
      void look(wanted);
    });
    void look(wanted);
  },
  (error: unknown) => fail(sentence(error)),
);

/** Says what there is to ask. */
async function look(wanted: Wanted): Promise<void> {
  const { suite, file } = wanted;
  const mine = ++looks;
  source.className = "note";
  if (file === undefined && !hasSample(suite)) {
    source.replaceChildren(`${missing(suite)}.`);
    return;
  }
  try {
    const bytes = await problems(suite, file);
    if (mine !== looks) {
      return;
    }
    const opened = await grader.ask("open", { suite: suite.name, file: bytes });
    if (mine === looks) {
      const count = `${opened.problems.toLocaleString()} problems`;
      source.replaceChildren(...(file ? [`${count} in ${file.name}.`] : ofSample(count)));
    }
  } catch (error) {
    if (mine === looks) {
      source.className = "note fault";
      source.replaceChildren(sentence(error));
    }
  }
}

function ofSample(count: string): (Node | string)[] {
  const licence = element("a", { href: SAMPLES_LICENCE.href }, "where they are from");
  return [`${count}, a sample that comes with the page (`, licence, "). For all of them give the suite's file, or drop it here."];
}

async function run(wanted: Wanted, offer: Offer): Promise<void> {
  ending = new AbortController();
  looks += 1;
  const { signal } = ending;
  const { suite, file, manner, load } = wanted;
  [standing, summary, answers].forEach((section) => (section.hidden = true));
  summary.replaceChildren();
  state.className = "";
  running(true);
  const tell = (words: string) => (state.textContent = words);
  const rows = new AnswersView(answers);
  let view: StandingView | undefined;
  let last: Standing | undefined;
  let [asked, answered] = [0, 0];
  try {
    const place = await wanted.choice();
    const bytes = await problems(suite, file);
    await examine({ place, load: { ...load, ...place.load }, manner, offer, grader, file: bytes, signal }, {
      tell,
      begin: (questions) => {
        asked = questions.length;
        view = new StandingView(standing, asked);
      },
      write: (tokens) => tell(`Problem ${answered + 1} of ${asked}: ${tokens.toLocaleString()} tokens`),
      answer: (question, one, grade) => {
        answered += 1;
        last = grade.standing;
        rows.push(question, one, grade);
        view?.show(grade.standing);
      },
    });
    tell(signal.aborted ? `Stopped after ${answered} of ${asked}.` : "Done.");
  } catch (error) {
    fail(signal.aborted ? "Stopped." : sentence(error));
  } finally {
    view?.end();
    if (last) {
      const lines = await grader.ask("lines", undefined);
      summary.replaceChildren(...summaryTable(last), ...toKeep(lines, fileName(last)));
      summary.hidden = false;
    }
    running(false);
  }
}

/** What can be done with the answers. */
function toKeep(lines: string, name: string): HTMLElement[] {
  const copy = element("button", { type: "button" }, "Copy the answers");
  copy.addEventListener("click", async () => {
    copy.textContent = (await copyText(lines)) ? "Copied" : "This browser does not let the page copy";
  });
  const keep = element("button", { type: "button" }, "Download the answers");
  keep.addEventListener("click", () => download(name, lines, "application/jsonl"));
  const command = element("code", {}, "reckon eval --judge");
  return [
    element("p", { class: "buttons" }, keep, copy),
    element("p", { class: "note" }, "Lines of JSON, the conditions first: ", command, " reads them in a terminal."),
  ];
}

/** What a run's answers are called, as in a terminal. */
function fileName({ summary: { conditions } }: Standing): string {
  const { suite, model, dtypes } = conditions;
  return `${suite}-${model.replaceAll(/[^\w.-]+/g, "-")}-${dtypes.join("-")}.jsonl`;
}

function fail(words: string): void {
  state.className = "fault";
  state.textContent = words;
}

function running(is: boolean): void {
  (form.elements[0] as HTMLFieldSetElement).disabled = is;
  begin.hidden = is;
  stop.hidden = !is;
}
