//! `reckon generate`: one prompt, one answer.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use engine::{Device, Event, Finish, FinishReason, GenerateOptions, Message, Part, Prompt, Session};
use serde::Serialize;

use crate::arguments::Generate;
use crate::load::{computed_on, load};
use crate::print;

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    text: String,
    thinking: &'a str,
    answer: &'a str,
    tokens: &'a [u32],
    prompt_tokens: u32,
    reasoning_tokens: u32,
    finish_reason: FinishReason,
    prefill_tokens_per_s: f64,
    decode_tokens_per_s: f64,
    device: Device,
    adapter: &'a str,
}

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Generate) -> Result<(), String> {
    let engine = load(
        &arguments.model.model,
        arguments.model.offline,
        arguments.model.options(arguments.sample.context),
    )
    .await?;
    let mut session = Session::open(&engine).await.map_err(|err| err.to_string())?;
    let mut screen = Screen::new(arguments.json);
    let outcome = answer(&mut session, prompt(arguments), arguments.sample.options(), &mut screen).await?;
    let description = engine.description();
    if arguments.json {
        let report = Report {
            text: outcome.text.clone(),
            thinking: &outcome.thinking,
            answer: &outcome.answer,
            tokens: &outcome.tokens,
            prompt_tokens: outcome.finish.prompt_tokens,
            reasoning_tokens: outcome.finish.reasoning_tokens,
            finish_reason: outcome.finish.reason,
            prefill_tokens_per_s: outcome.prefill_tokens_per_s(),
            decode_tokens_per_s: outcome.decode_tokens_per_s(),
            device: description.device,
            adapter: &description.adapter,
        };
        print::line(serde_json::to_string(&report).map_err(|err| err.to_string())?);
    } else {
        eprintln!("{}", outcome.summary(&computed_on(&description)));
    }
    Ok(())
}

fn prompt(arguments: &Generate) -> Prompt {
    if arguments.raw {
        return Prompt::Raw(arguments.prompt.clone());
    }
    let system = arguments.system.iter().map(|text| Message::new("system", text));
    Prompt::Chat(system.chain([Message::new("user", &arguments.prompt)]).collect())
}

/// A finished generation, and how long its two halves took.
pub struct Outcome {
    pub text: String,
    pub thinking: String,
    pub answer: String,
    pub tokens: Vec<u32>,
    pub finish: Finish,
    cached: u32,
    prefill: Duration,
    decode: Duration,
}

impl Outcome {
    fn prefill_tokens_per_s(&self) -> f64 {
        f64::from(self.finish.prompt_tokens - self.cached) / self.prefill.as_secs_f64()
    }

    /// The first token comes out of the prefill; the time after it is that of all the others.
    pub fn decode_tokens_per_s(&self) -> f64 {
        match self.tokens.len() {
            0 | 1 => 0.0,
            tokens => (tokens - 1) as f64 / self.decode.as_secs_f64(),
        }
    }

    /// One line: how it ended, how fast it was.
    pub fn summary(&self, computed_on: &str) -> String {
        format!(
            "[{}; {} + {} tokens; prefill {:.1}, decode {:.1} tokens/s; {computed_on}]",
            match self.finish.reason {
                FinishReason::Stop => "finished",
                FinishReason::Length => "token limit reached",
                FinishReason::Context => "context full",
                FinishReason::Memory => "the KV cache could not grow: out of memory",
                FinishReason::Abort => "stopped",
            },
            self.finish.prompt_tokens,
            self.tokens.len(),
            self.prefill_tokens_per_s(),
            self.decode_tokens_per_s(),
        )
    }
}

/// Runs one generation to its end, on the screen as it comes.
///
/// # Errors
/// One readable line.
pub async fn answer(
    session: &mut Session,
    prompt: Prompt,
    options: GenerateOptions,
    screen: &mut Screen,
) -> Result<Outcome, String> {
    let started = Instant::now();
    session.start(&prompt, options).map_err(|err| err.to_string())?;
    let (mut text, mut thinking, mut answer, mut tokens) =
        (String::new(), String::new(), String::new(), vec![]);
    let (mut cached, mut first) = (0, None);
    let mut keep = |parts: &[Part]| {
        for part in parts {
            match part {
                Part::Thinking(piece) => thinking.push_str(piece),
                Part::Answer(piece) => answer.push_str(piece),
                Part::AnswerWasThinking => thinking.push_str(&std::mem::take(&mut answer)),
            }
        }
        screen.show(parts).map_err(|err| format!("stdout: {err}"))
    };
    let finish = loop {
        match session.next().await.map_err(|err| err.to_string())? {
            Event::Prompt { cached: found, .. } => cached = found,
            Event::Token { id, parts, text: piece, .. } => {
                first.get_or_insert_with(Instant::now);
                tokens.push(id);
                text.push_str(&piece);
                keep(&parts)?;
            }
            Event::Done(finish) => break finish,
        }
    };
    keep(&finish.parts)?;
    text.push_str(&finish.text);
    screen.end().map_err(|err| format!("stdout: {err}"))?;
    let first = first.unwrap_or_else(Instant::now);
    Ok(Outcome {
        text,
        thinking,
        answer,
        tokens,
        finish,
        cached,
        prefill: first - started,
        decode: first.elapsed(),
    })
}

/// Where text appears as it comes: thinking dim where that can be shown.
pub struct Screen {
    silent: bool,
    styled: bool,
    thinking: bool,
}

impl Screen {
    /// A screen that shows nothing where `silent`.
    pub fn new(silent: bool) -> Self {
        Self { silent, styled: std::io::stdout().is_terminal(), thinking: false }
    }

    fn show(&mut self, parts: &[Part]) -> std::io::Result<()> {
        if self.silent || parts.is_empty() {
            return Ok(());
        }
        let mut out = std::io::stdout().lock();
        for part in parts {
            match part {
                Part::Thinking(text) => write!(out, "{}{text}", self.turn(true))?,
                Part::Answer(text) => write!(out, "{}{text}", self.turn(false))?,
                // What is on the screen stays there; the mark says what it was.
                Part::AnswerWasThinking => write!(out, "\n</think>\n\n")?,
            }
        }
        out.flush()
    }

    /// What stands between thinking and answer.
    fn turn(&mut self, thinking: bool) -> &'static str {
        if std::mem::replace(&mut self.thinking, thinking) == thinking {
            return "";
        }
        match (thinking, self.styled) {
            (true, true) => "\x1b[2m",
            (false, true) => "\x1b[0m\n\n",
            (true, false) => "<think>\n",
            (false, false) => "\n</think>\n\n",
        }
    }

    fn end(&mut self) -> std::io::Result<()> {
        if self.silent {
            return Ok(());
        }
        let is_dim = std::mem::take(&mut self.thinking) && self.styled;
        writeln!(std::io::stdout(), "{}", if is_dim { "\x1b[0m" } else { "" })
    }
}
