//! What was found of a model, what is expected, and whether they agree.

use std::fmt::Display;

use crate::print;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What was found is what is expected.
    Pass,
    /// It is not.
    Fail,
    /// Nothing is expected of this model, or the check did not run.
    Skip,
}

/// One check.
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// What was found.
    pub found: String,
    /// What is expected, or why nothing is.
    pub expected: String,
    pub verdict: Verdict,
}

/// All checks so far; each is told on stdout as it comes.
#[derive(Default)]
pub struct Findings {
    pub list: Vec<Finding>,
}

impl Verdict {
    /// In one word, as wide as the others.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "FAIL",
            Self::Skip => "skip",
        }
    }
}

impl Findings {
    /// A check that passes where `passes`.
    pub fn hold(&mut self, what: &str, found: impl Display, expected: impl Display, passes: bool) {
        self.push(what, &found, &expected, if passes { Verdict::Pass } else { Verdict::Fail });
    }

    /// A check that passes where both read the same, and is skipped where nothing is expected.
    pub fn equal(&mut self, what: &str, found: impl Display, expected: Option<impl Display>) {
        match expected {
            Some(expected) => {
                let passes = found.to_string() == expected.to_string();
                self.hold(what, found, expected, passes);
            }
            None => self.skip(what, found, "no published value for this model"),
        }
    }

    /// A check that judges nothing, and why.
    pub fn skip(&mut self, what: &str, found: impl Display, why: impl Display) {
        self.push(what, &found, &why, Verdict::Skip);
    }

    /// How many checks ended so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.list.iter().filter(|finding| finding.verdict == verdict).count()
    }

    fn push(&mut self, what: &str, found: &dyn Display, expected: &dyn Display, verdict: Verdict) {
        let (found, expected) = (one_line(found), one_line(expected));
        print::line(line(what, &found, &expected, verdict));
        self.list.push(Finding { what: what.to_owned(), found, expected, verdict });
    }
}

/// Nothing a model's files say may break a line, or steer a terminal.
fn one_line(words: &dyn Display) -> String {
    words.to_string().replace(char::is_control, " ")
}

fn line(what: &str, found: &str, expected: &str, verdict: Verdict) -> String {
    let word = verdict.word();
    match verdict {
        Verdict::Pass => format!("{word}  {what}: {found}"),
        Verdict::Fail => format!("{word}  {what}: {found}; expected {expected}"),
        Verdict::Skip if found.is_empty() => format!("{word}  {what}: {expected}"),
        Verdict::Skip => format!("{word}  {what}: {found}; {expected}"),
    }
}
