//! `reckon eval`: a suite of problems, asked as the paper asked them, and what of the answers is right.

mod answers;
mod data;
mod examiner;
mod sandbox;
mod table;

use evaluate::record::Answered;
use evaluate::{Gold, Judged, Summary, Verdict, order};

use crate::arguments::Eval;
use crate::print;
use data::Data;
use examiner::Examiner;
use sandbox::Sandbox;

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Eval) -> Result<(), String> {
    let data = Data::read(arguments.suite, &arguments.data)?;
    // Before a model is loaded: whether what it writes can be run.
    let sandbox = arguments.run_code.then(Sandbox::open).transpose()?;
    let kept = match &arguments.judge {
        Some(file) => answers::read(file, arguments.suite, &data)?,
        None => Examiner::open(arguments, &data).await?.run().await?,
    };
    let asked: Vec<(u32, u32)> = asked(arguments, &data, kept.conditions.seed).collect();
    let answers = kept.answers.iter().filter(|answer| asked.contains(&(answer.number, answer.sample)));
    let judged = answers.map(|answer| judge(answer, &data, sandbox.as_ref()));
    let judged = judged.collect::<Result<Vec<Judged>, String>>()?;
    if judged.is_empty() {
        return Err("there is no answer to judge".to_owned());
    }
    let summary = Summary::of(&kept.conditions, &judged);
    match arguments.json {
        true => print::line(serde_json::to_string_pretty(&summary).map_err(|err| err.to_string())?),
        false => print::line(table::of(&summary).trim_end()),
    }
    Ok(())
}

/// Every problem's number and sample, in the order they are asked: all problems once, then all of them again.
fn asked(arguments: &Eval, data: &Data, seed: u64) -> impl Iterator<Item = (u32, u32)> {
    let mut numbers = order(data.problems.len() as u32, seed);
    numbers.truncate(arguments.limit.map_or(usize::MAX, |limit| limit as usize));
    let samples = arguments.samples.unwrap_or(arguments.suite.samples());
    (0..samples).flat_map(move |sample| numbers.clone().into_iter().map(move |number| (number, sample)))
}

fn judge<'a>(answer: &'a Answered, data: &Data, sandbox: Option<&Sandbox>) -> Result<Judged<'a>, String> {
    let function = match &data.problems[answer.number as usize].gold {
        Gold::Answer(gold) => return Ok(Judged::of(answer, gold)),
        Gold::Function(function) => function,
    };
    let verdict = match sandbox.map(|sandbox| sandbox.passes(&function.program(&answer.text))) {
        Some(passes) => Verdict::of(passes?),
        None => Verdict::NotRun,
    };
    Ok(Judged { answer, verdict, found: Some("code") })
}
