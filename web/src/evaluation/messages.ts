/**
 * What crosses between page and grader, in the words of `crates/grader` and of the records in `crates/evaluate`; the tests in
 * `tests/browser` hold what comes against it.
 */

/** What a page can ask, and how it is asked where nobody says otherwise: the paper's settings. */
export interface Offer {
  readonly suites: readonly Suite[];
  readonly temperature: number;
  readonly top_p: number;
  /** What ends an answer beside the model's own end. */
  readonly stop: readonly string[];
  /** For a template that names the day. */
  readonly date: string;
  /** Positions for the prompt beside those of the answer. */
  readonly prompt_positions: number;
}

/** A set of problems. */
export interface Suite {
  readonly name: string;
  readonly title: string;
  /** What its file is called. */
  readonly file: string;
  /** Where the file is had: a repository of GitHub, and the path in it. */
  readonly source: readonly [string, string];
}

/** A suite's file, read. */
export interface Opened {
  readonly problems: number;
  readonly data_sha256: string;
}

/** A problem that is asked. */
export interface Question {
  readonly number: number;
  /** Of the answer's draws. */
  readonly seed: number;
  readonly question: string;
  /** The right answer. */
  readonly gold: string;
}

/** What every answer of a run has in common. */
export interface Conditions extends Opened {
  readonly suite: string;
  readonly model: string;
  readonly parameters: number;
  readonly dtypes: readonly string[];
  readonly kv: string;
  readonly activations: string;
  readonly device: string;
  readonly adapter: string;
  /** The engine's version. */
  readonly reckon: string;
  readonly context: number;
  readonly max_tokens: number;
  readonly temperature: number;
  readonly top_p: number;
  readonly seed: number;
}

/** One answer. */
export interface Answered {
  readonly number: number;
  /** Which of the problem's answers it is; a page asks each once. */
  readonly sample: 0;
  readonly seed: number;
  /** All that the model wrote. */
  readonly text: string;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly finish_reason: string;
  readonly ms: number;
}

/** What an answer is worth. */
export interface Grade {
  readonly verdict: "right" | "wrong";
  /** What it answers; nothing where nothing was found. */
  readonly answer: string | null;
  readonly standing: Standing;
}

/** What all answers so far come to. */
export interface Standing {
  readonly summary: Summary;
  readonly title: string;
  /** Names, and what there is to say. */
  readonly rows: readonly (readonly [string, string])[];
}

/** The figures of it that are drawn. */
export interface Summary {
  readonly conditions: Conditions;
  readonly asked: number;
  readonly right: number;
  /** The share of right answers, and where it lies with a probability of 95 %. */
  readonly share: { readonly share: number; readonly least: number; readonly most: number };
  /** What the paper says of this model. */
  readonly paper: { readonly model: string; readonly percent: number } | null;
}

/** What a grader can be asked, and what it answers. */
export interface Asks {
  readonly offer: { readonly with: undefined; readonly gives: Offer };
  /** Reads a suite's file, of which everything after is asked. */
  readonly open: { readonly with: { readonly suite: string; readonly file: Uint8Array }; readonly gives: Opened };
  readonly questions: { readonly with: { readonly seed: number; readonly limit: number }; readonly gives: readonly Question[] };
  readonly begin: { readonly with: Conditions; readonly gives: undefined };
  readonly grade: { readonly with: Answered; readonly gives: Grade };
  /** Conditions and answers as `reckon eval --judge` reads them. */
  readonly lines: { readonly with: undefined; readonly gives: string };
}

/** A call from the page; its reply carries its number. */
export type Request = { [A in keyof Asks]: { readonly call: number; readonly ask: A; readonly with: Asks[A]["with"] } }[keyof Asks];

/** A reply: what was asked for, or what is wrong, in words. */
export type Reply = { readonly call: number } & ({ readonly gives: unknown } | { readonly fault: string });
