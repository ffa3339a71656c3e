//! The three prompts that MobileLLM-R1 was published with, answered.

use engine::{Engine, FinishReason, GenerateOptions, Message, Prompt, Sampling, Session, Voice};
use serde::Deserialize;

use super::finding::Findings;
use crate::generate::{Outcome, Screen, answer};

/// The prompts, word for word; the script of the golden reads the same file.
const PROMPTS: &str = include_str!("prompts.json");

#[derive(Deserialize)]
struct Prompts {
    prompts: Vec<Preset>,
}

/// A prompt, and what it was published as an example of.
#[derive(Deserialize)]
pub struct Preset {
    pub name: String,
    system: String,
    user: String,
}

/// A prompt as the template writes it, where that does.
pub struct Written {
    pub preset: Preset,
    /// Its ids, and the text they stand for.
    pub prompt: Result<(Vec<u32>, String), String>,
}

/// A prompt and what followed it.
pub struct Answered {
    pub name: String,
    pub prompt: String,
    pub outcome: Outcome,
}

impl Preset {
    /// System message and user's.
    pub fn messages(&self) -> Vec<Message> {
        vec![Message::new("system", &self.system), Message::new("user", &self.user)]
    }
}

/// The prompts as the model reads them.
pub fn written(voice: &Result<&Voice, engine::Error>, date: &str) -> Vec<Written> {
    let prompts: Prompts = serde_json::from_str(PROMPTS).expect("the prompts are our own");
    let prompt = |preset: &Preset| {
        let voice = voice.as_ref().map_err(engine::Error::to_string)?;
        voice.chat(&preset.messages(), Some(date)).map_err(|err| err.to_string())
    };
    let write = |preset: Preset| Written { prompt: prompt(&preset), preset };
    prompts.prompts.into_iter().map(write).collect()
}

/// What a check of the prompt is called.
pub fn what(preset: &Preset) -> String {
    format!("prompt {}", preset.name)
}

/// Answers each prompt greedily with at most `tokens`; gives what came.
///
/// # Errors
/// There is no memory for a session.
pub async fn check(
    findings: &mut Findings,
    engine: &Engine,
    written: &[Written],
    (tokens, date): (u32, &str),
) -> Result<Vec<Answered>, String> {
    let mut session = Session::open(engine).await.map_err(|err| err.to_string())?;
    let context = engine.description().context;
    let mut answers = Vec::new();
    for Written { preset, prompt } in written {
        let what = what(preset);
        let (length, prompt) = match prompt {
            Ok((ids, text)) => (ids.len() as u32, text),
            Err(fault) => {
                findings.hold(&what, format!("{fault:?}"), "a prompt that the template writes", false);
                continue;
            }
        };
        if context < length + tokens {
            let found = format!("{length} tokens and {tokens} to come");
            findings.skip(&what, found, format!("the model has {context} positions"));
            continue;
        }
        let options = GenerateOptions {
            max_tokens: Some(tokens),
            sampling: Sampling::greedy(),
            date: Some(date.to_owned()),
            ..GenerateOptions::default()
        };
        let expected = "text, and not one token throughout";
        match answer(&mut session, Prompt::Chat(preset.messages()), options, &mut Screen::new(true)).await {
            Ok(outcome) => {
                findings.hold(&what, told(&outcome), expected, says_something(&outcome));
                answers.push(Answered { name: preset.name.clone(), prompt: prompt.clone(), outcome });
            }
            Err(fault) => findings.hold(&what, fault, expected, false),
        }
    }
    Ok(answers)
}

fn says_something(outcome: &Outcome) -> bool {
    let tokens = &outcome.tokens;
    let repeats = tokens.len() > 2 && tokens.iter().all(|token| *token == tokens[0]);
    !outcome.text.trim().is_empty() && !repeats
}

fn told(outcome: &Outcome) -> String {
    let end = match outcome.finish.reason {
        FinishReason::Stop => "its end reached",
        _ => "cut at the limit",
    };
    let thinking = match outcome.finish.reasoning_tokens {
        0 => "no thinking told from answer".to_owned(),
        tokens => format!("{tokens} told as thinking"),
    };
    format!(
        "{} + {} tokens, {end}, {thinking}, {:.1} tokens/s",
        outcome.finish.prompt_tokens,
        outcome.tokens.len(),
        outcome.decode_tokens_per_s(),
    )
}
