//! `reckon eval`: a suite of problems, asked as the paper asked them, and what of the answers is right.

mod answers;
mod data;
mod table;

use std::path::PathBuf;
use std::time::Instant;

use engine::{Engine, FinishReason, GenerateOptions, Message, Prompt, Sampling, Session};
use evaluate::record::{Answered, Conditions, Kept};
use evaluate::{Gold, Judged, Problem, Suite, Summary, Verdict, answer_seed, final_answer, order, same};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::arguments::Eval;
use crate::clock::Clock;
use crate::generate::{Screen, answer};
use crate::load::load_opened;
use crate::place::{Place, called};
use answers::Answers;
use data::Data;

/// Positions for the prompt beside those of the answer.
const PROMPT: u32 = 2048;
/// What ends an answer beside the model's own end, as in the paper's script.
const STOP: [&str; 3] = ["</s>", "<|im_end|>", "<|endoftext|>"];

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Eval) -> Result<(), String> {
    let data = Data::read(arguments.suite, &arguments.data)?;
    let kept = match &arguments.judge {
        Some(file) => kept(arguments.suite, &data, file)?,
        None => Examiner::open(arguments, &data).await?.run().await?,
    };
    let asked: Vec<(u32, u32)> = asked(arguments, &data, kept.conditions.seed).collect();
    let answers = kept.answers.iter().filter(|answer| asked.contains(&(answer.number, answer.sample)));
    let judged = answers.map(|answer| judge(answer, &data)).collect::<Result<Vec<_>, _>>()?;
    if judged.is_empty() {
        return Err("there is no answer to judge".to_owned());
    }
    let summary = Summary::of(&kept.conditions, &judged);
    match arguments.json {
        true => println!("{}", serde_json::to_string_pretty(&summary).map_err(|err| err.to_string())?),
        false => print!("{}", table::of(&summary)),
    }
    Ok(())
}
