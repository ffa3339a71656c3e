/** The worker that grades: owns the grader's wasm, answers messages, never touches the DOM. */

import init, { Exam, offer } from "../../pkg/grader/grader.js";
import type { Asks, Reply, Request } from "./messages";

let exam: Exam | undefined;

const ready = init({ module_or_path: new URL("../../pkg/grader/grader_bg.wasm", import.meta.url) });
// Whoever asks for something is told.
ready.catch(() => undefined);

const post = (reply: Reply) => (self as unknown as { postMessage(reply: Reply): void }).postMessage(reply);

self.addEventListener("message", (event: MessageEvent<Request>) => void answer(event.data));

async function answer(request: Request): Promise<void> {
  const { call } = request;
  try {
    await ready;
    post({ call, gives: perform(request) });
  } catch (thrown) {
    post({ call, fault: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

function perform(request: Request): Asks[keyof Asks]["gives"] {
  switch (request.ask) {
    case "offer":
      return JSON.parse(offer());
    case "open": {
      exam?.free();
      exam = undefined;
      exam = new Exam(request.with.suite, request.with.file);
      return { problems: exam.problems, data_sha256: exam.data_sha256 };
    }
    case "questions":
      return JSON.parse(opened().questions(request.with.seed, request.with.limit));
    case "begin":
      opened().begin(JSON.stringify(request.with));
      return undefined;
    case "grade":
      return JSON.parse(opened().grade(JSON.stringify(request.with)));
    case "lines":
      return opened().lines();
  }
}

function opened(): Exam {
  if (!exam) {
    throw new Error("no suite is open");
  }
  return exam;
}
