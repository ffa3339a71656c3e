//! `reckon generate --prompts`: many prompts, each answered for itself, a line of JSON each.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

use engine::{FinishReason, Message, Prompt, Session};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::arguments::Generate;
use crate::generate::{Outcome, Screen, answer};
use crate::load::{computed_on, load};

/// Under this key stands what was generated, beside the keys that were given.
const OUTPUT: &str = "output";
/// What a line must be.
const EXPECTED: &str =
    r#"expected an object with "prompt": TEXT, or "messages": [{"role": ..., "content": ...}]"#;

/// One prompt, and the line it came from.
struct Asked {
    number: usize,
    line: String,
    prompt: Prompt,
}

/// What is told of an answer.
#[derive(Serialize)]
struct Output<'a> {
    text: &'a str,
    thinking: &'a str,
    answer: &'a str,
    prompt_tokens: u32,
    completion_tokens: u32,
    reasoning_tokens: u32,
    finish_reason: FinishReason,
}

/// Answers every prompt of a file, in order, each in a session of its own.
///
/// # Errors
/// One readable line; where a prompt is at fault, its number, before anything is computed.
pub async fn run(arguments: &Generate, file: &Path) -> Result<(), String> {
    let name = if file == "-" { "stdin".to_owned() } else { file.display().to_string() };
    let text = read(file).map_err(|err| format!("{name}: {err}"))?;
    let all = parse(&text, arguments).map_err(|err| format!("{name}: {err}"))?;
    let model = &arguments.model;
    let engine = load(&model.model, model.offline, model.options(arguments.sample.context)).await?;
    let mut session = Session::open(&engine).await.map_err(|err| err.to_string())?;
    for Asked { number, prompt, .. } in &all {
        // To start computes nothing, and finds a prompt that is too long or that the template refuses.
        let started = session.start(prompt, arguments.sample.options());
        started.map_err(|err| format!("{name}: line {number}: {err}"))?;
    }
    drop(session);
    let (bar, started, mut tally) = (bar(all.len()), Instant::now(), Tally::default());
    for Asked { number, line, prompt } in all {
        let mut session = Session::open(&engine).await.map_err(|err| err.to_string())?;
        let outcome = answer(&mut session, prompt, arguments.sample.options(), &mut Screen::new(true)).await;
        let outcome = outcome.map_err(|err| format!("{name}: line {number}: {err}"))?;
        tally.add(&outcome);
        let line = beside(&line, &outcome);
        bar.suspend(|| print(&line)).map_err(|err| format!("stdout: {err}"))?;
        bar.inc(1);
        bar.set_message(tally.pace(started));
    }
    bar.finish_and_clear();
    eprintln!("[{}; {}; {}]", tally.summary(), tally.pace(started), computed_on(&engine.description()));
    Ok(())
}

fn read(file: &Path) -> std::io::Result<String> {
    if file != "-" {
        return std::fs::read_to_string(file);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// Every prompt of a text of JSON lines; blank lines are none.
fn parse(text: &str, arguments: &Generate) -> Result<Vec<Asked>, String> {
    let mut all = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (number, line) = (i + 1, line.trim().to_owned());
        let prompt = prompt(&line, arguments).map_err(|fault| format!("line {number}: {fault}"))?;
        all.push(Asked { number, line, prompt });
    }
    if all.is_empty() {
        return Err(format!("no prompt in it; on every line {EXPECTED}"));
    }
    Ok(all)
}

fn prompt(line: &str, arguments: &Generate) -> Result<Prompt, String> {
    let given: Map<String, Value> =
        serde_json::from_str(line).map_err(|err| format!("{EXPECTED}, in JSON: {err}"))?;
    if given.contains_key(OUTPUT) {
        return Err(format!("the key {OUTPUT:?} is where the answer goes; give it another name"));
    }
    let text = |key: &str, value: &Value| {
        value.as_str().map(str::to_owned).ok_or_else(|| format!("{key:?}: expected text, found {value}"))
    };
    let system = given.get("system").map(|value| text("system", value)).transpose()?;
    if arguments.raw && (system.is_some() || given.contains_key("messages")) {
        return Err("with --raw a prompt is \"prompt\" alone: no \"system\", no \"messages\"".to_owned());
    }
    let system = system.or_else(|| arguments.system.clone()).map(|text| Message::new("system", &text));
    match (given.get("prompt"), given.get("messages")) {
        (Some(value), None) => {
            let text = text("prompt", value)?;
            match (text.trim().is_empty(), arguments.raw) {
                (true, _) => Err("\"prompt\": it is empty".to_owned()),
                (false, true) => Ok(Prompt::Raw(text)),
                (false, false) => {
                    Ok(Prompt::Chat(system.into_iter().chain([Message::new("user", &text)]).collect()))
                }
            }
        }
        (None, Some(value)) => {
            let messages = Vec::<Message>::deserialize(value).map_err(|err| format!("{EXPECTED}: {err}"))?;
            let has_system = messages.first().is_some_and(|message| message.role == "system");
            let system = system.filter(|_| !has_system);
            Ok(Prompt::Chat(system.into_iter().chain(messages).collect()))
        }
        (Some(_), Some(_)) => Err("\"prompt\" and \"messages\" at once; give one of them".to_owned()),
        (None, None) => Err(EXPECTED.to_owned()),
    }
}

/// The line as it was given, letter for letter, with the output as its last key.
fn beside(line: &str, outcome: &Outcome) -> String {
    let output = Output {
        text: &outcome.text,
        thinking: &outcome.thinking,
        answer: &outcome.answer,
        prompt_tokens: outcome.finish.prompt_tokens,
        completion_tokens: outcome.finish.completion_tokens,
        reasoning_tokens: outcome.finish.reasoning_tokens,
        finish_reason: outcome.finish.reason,
    };
    let output = serde_json::to_string(&output).expect("an output is plain data");
    // A line that was parsed is an object, and one with a prompt is not empty.
    let given = line.strip_suffix('}').unwrap_or(line).trim_end();
    format!("{given}, \"{OUTPUT}\": {output}}}")
}

fn print(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn bar(prompts: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("answering {wide_bar} {pos}/{len} {msg} {eta}");
    let bar = ProgressBar::with_draw_target(Some(prompts as u64), ProgressDrawTarget::stderr());
    bar.set_style(style.expect("the template is one of our own"));
    bar
}

/// What has been answered so far.
#[derive(Default)]
struct Tally {
    answers: u32,
    finished: u32,
    tokens: u64,
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        self.answers += 1;
        self.finished += u32::from(outcome.finish.reason == FinishReason::Stop);
        self.tokens += u64::from(outcome.finish.completion_tokens);
    }

    /// Prompts are in it: what a person waits for is the whole.
    fn pace(&self, started: Instant) -> String {
        format!("{:.1} tokens/s", self.tokens as f64 / started.elapsed().as_secs_f64())
    }

    fn summary(&self) -> String {
        let Self { answers, finished, tokens } = self;
        format!("{answers} answers, {finished} of them finished; {tokens} tokens")
    }
}
