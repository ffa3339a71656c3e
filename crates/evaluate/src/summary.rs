//! What a file of answers comes to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::{Answered, Conditions};
use crate::{Found, Interval, Row, Suite, final_answer, same};

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is what it must be.
    Right,
    /// It is something else, or nothing.
    Wrong,
    /// It is code, and was not run.
    NotRun,
}

impl Verdict {
    /// Right or wrong.
    pub const fn of(is_right: bool) -> Self {
        if is_right { Self::Right } else { Self::Wrong }
    }
}

/// An answer with what became of it.
#[derive(Clone, Debug)]
pub struct Judged<'a> {
    /// The answer.
    pub answer: &'a Answered,
    /// What became of it.
    pub verdict: Verdict,
    /// Where in the text it was found; `None` where nothing was.
    pub found: Option<&'static str>,
}

impl<'a> Judged<'a> {
    /// An answer in mathematics, held against the right one.
    pub fn of(answer: &'a Answered, gold: &str) -> Self {
        let found = final_answer(&answer.text);
        let verdict = Verdict::of(found.as_ref().is_some_and(|found| same(&found.text, gold)));
        let found = found.map(|found| match found.found {
            Found::Boxed => "boxed",
            Found::Phrase => "after a phrase",
            Found::LastNumber => "the last number",
        });
        Self { answer, verdict, found }
    }
}

/// What a file of answers comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Under what conditions the answers were made.
    pub conditions: Conditions,
    /// Problems that were answered.
    pub asked: u32,
    /// Answers of each of them; where they differ, the most.
    pub samples: u32,
    /// All answers.
    pub answers: u32,
    /// Those that are right.
    pub right: u32,
    /// Those that are code which was not run: nothing is known of the share then.
    pub not_run: u32,
    /// The share of right answers, the mean over problems; `None` where code was not run.
    pub share: Option<Interval>,
    /// What the paper says of this model.
    pub paper: Option<Row>,
    /// How many answers ended for which reason.
    pub ended: BTreeMap<String, u32>,
    /// How many answers were found in which way.
    pub found: BTreeMap<&'static str, u32>,
    /// Tokens of an answer: least, median, most.
    pub tokens: [u32; 3],
    /// All tokens that were written.
    pub tokens_written: u64,
    /// Seconds that answers took.
    pub seconds: f64,
}

impl Summary {
    /// The sum of `judged`, of which there is one at least.
    pub fn of(conditions: &Conditions, judged: &[Judged]) -> Self {
        let mut problems: BTreeMap<u32, [u32; 2]> = BTreeMap::new();
        let (mut ended, mut found) = (BTreeMap::new(), BTreeMap::new());
        for Judged { answer, verdict, found: how } in judged {
            let [right, answers] = problems.entry(answer.number).or_default();
            *right += u32::from(*verdict == Verdict::Right);
            *answers += 1;
            *ended.entry(answer.finish_reason.clone()).or_default() += 1;
            *found.entry(how.unwrap_or("nothing")).or_default() += 1;
        }
        let shares: Vec<f64> =
            problems.values().map(|[right, answers]| f64::from(*right) / f64::from(*answers)).collect();
        let samples = problems.values().map(|[_, answers]| *answers).max().unwrap_or_default();
        let count = |what| judged.iter().filter(|judged| judged.verdict == what).count() as u32;
        let not_run = count(Verdict::NotRun);
        let mut tokens: Vec<u32> = judged.iter().map(|judged| judged.answer.completion_tokens).collect();
        tokens.sort_unstable();
        let suite = Suite::parse(&conditions.suite);
        Self {
            conditions: conditions.clone(),
            asked: problems.len() as u32,
            samples,
            answers: judged.len() as u32,
            right: count(Verdict::Right),
            not_run,
            share: (not_run == 0).then(|| Interval::of_problems(&shares, samples)),
            paper: suite.and_then(|suite| Row::of(suite, &conditions.model)),
            ended,
            found,
            tokens: [0, tokens.len() / 2, tokens.len() - 1].map(|at| tokens[at]),
            tokens_written: tokens.iter().map(|tokens| u64::from(*tokens)).sum(),
            seconds: judged.iter().map(|judged| judged.answer.ms).sum::<f64>() / 1e3,
        }
    }

    /// Whether the paper's figure lies within our interval; `None` where either is unknown.
    pub fn has_paper(&self) -> Option<bool> {
        Some(self.share?.has(self.paper?.percent / 100.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::{answered, conditions};

    fn judged<'a>(answers: &'a [Answered], verdicts: &[Verdict]) -> Vec<Judged<'a>> {
        let judge =
            |(answer, verdict): (&'a Answered, &Verdict)| Judged { answer, verdict: *verdict, found: None };
        answers.iter().zip(verdicts).map(judge).collect()
    }

    #[test]
    fn what_an_answer_says_is_held_against_the_right_one_and_where_it_stood_is_told() {
        let of = |text| {
            let answer = answered(0, 0, text);
            let judged = Judged::of(&answer, "42");
            (judged.verdict, judged.found)
        };
        assert_eq!(of("So \\boxed{42.0}"), (Verdict::Right, Some("boxed")));
        assert_eq!(of("The answer is 41."), (Verdict::Wrong, Some("after a phrase")));
        assert_eq!(of("6 of 42"), (Verdict::Right, Some("the last number")));
        assert_eq!(of("none"), (Verdict::Wrong, None));
    }

    #[test]
    fn the_share_is_the_mean_over_problems() {
        let answers = [answered(0, 0, ""), answered(0, 1, ""), answered(2, 0, "")];
        let summary =
            Summary::of(&conditions(), &judged(&answers, &[Verdict::Right, Verdict::Wrong, Verdict::Right]));
        assert_eq!((summary.asked, summary.samples, summary.answers, summary.right), (2, 2, 3, 2));
        assert_eq!(summary.share.unwrap().share, 0.75);
        assert_eq!((summary.ended["stop"], summary.found["nothing"], summary.tokens_written), (3, 3, 6));
    }

    #[test]
    fn the_papers_figure_stands_beside_and_is_in_the_interval_or_not() {
        let conditions = Conditions { model: "SmolLM2-135M-Instruct".into(), ..conditions() };
        let answers: Vec<Answered> = (0..200).map(|i| answered(i, 0, "")).collect();
        let verdict = |of: u32| -> Vec<Verdict> {
            (0..200).map(|i| if i % of == 0 { Verdict::Right } else { Verdict::Wrong }).collect()
        };
        let summary = Summary::of(&conditions, &judged(&answers, &verdict(50)));
        assert_eq!((summary.paper.unwrap().percent, summary.has_paper()), (2.4, Some(true)));
        let summary = Summary::of(&conditions, &judged(&answers, &verdict(2)));
        assert_eq!(summary.has_paper(), Some(false));
    }

    #[test]
    fn code_that_was_not_run_has_no_share() {
        let answers = [answered(0, 0, ""), answered(1, 0, "")];
        let summary = Summary::of(&conditions(), &judged(&answers, &[Verdict::NotRun, Verdict::NotRun]));
        assert_eq!((summary.share, summary.not_run, summary.has_paper()), (None, 2, None));
    }
}
