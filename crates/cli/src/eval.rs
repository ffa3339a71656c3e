//! `reckon eval`: a suite of problems, asked as the paper asked them, and what of the answers is right.

mod answers;
mod data;
mod examiner;
mod table;

use evaluate::record::Answered;
use evaluate::{Found, Gold, Judged, Summary, Verdict, final_answer, order, same};

use crate::arguments::Eval;
use data::Data;
use examiner::Examiner;

/// Runs the command.
///
/// # Errors
/// One readable line.
pub async fn run(arguments: &Eval) -> Result<(), String> {
    let data = Data::read(arguments.suite, &arguments.data)?;
    let kept = match &arguments.judge {
        Some(file) => answers::read(file, arguments.suite, &data)?,
        None => Examiner::open(arguments, &data).await?.run().await?,
    };
    let asked: Vec<(u32, u32)> = asked(arguments, &data, kept.conditions.seed).collect();
    let answers = kept.answers.iter().filter(|answer| asked.contains(&(answer.number, answer.sample)));
    let judged: Vec<Judged> = answers.map(|answer| judge(answer, &data)).collect();
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

/// Every problem's number and sample, in the order they are asked: all problems once, then all of them again.
fn asked(arguments: &Eval, data: &Data, seed: u64) -> impl Iterator<Item = (u32, u32)> {
    let mut numbers = order(data.problems.len() as u32, seed);
    numbers.truncate(arguments.limit.map_or(usize::MAX, |limit| limit as usize));
    let samples = arguments.samples.unwrap_or(arguments.suite.samples());
    (0..samples).flat_map(move |sample| numbers.clone().into_iter().map(move |number| (number, sample)))
}

fn judge<'a>(answer: &'a Answered, data: &Data) -> Judged<'a> {
    let found = final_answer(&answer.text);
    let verdict = match &data.problems[answer.number as usize].gold {
        Gold::Function(_) => return Judged { answer, verdict: Verdict::NotRun, found: None },
        Gold::Answer(gold) if found.as_ref().is_some_and(|found| same(&found.text, gold)) => Verdict::Right,
        Gold::Answer(_) => Verdict::Wrong,
    };
    let found = found.map(|found| match found.found {
        Found::Boxed => "boxed",
        Found::Phrase => "after a phrase",
        Found::LastNumber => "the last number",
    });
    Judged { answer, verdict, found }
}
