//! What ran, what did not, and what failed.

use std::time::{Duration, Instant};

/// The steps of a long command, and the tests they ran.
#[derive(Default)]
pub struct Summary {
    steps: Vec<(&'static str, Duration, Result<(), String>)>,
    passed: u32,
    failed: u32,
    not_run: Vec<String>,
}

impl Summary {
    /// Runs one step and keeps its outcome; what follows runs all the same.
    pub fn step(&mut self, name: &'static str, run: impl FnOnce(&mut Self) -> Result<(), String>) {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = run(self);
        if let Err(message) = &outcome {
            println!("{message}");
        }
        self.steps.push((name, start.elapsed(), outcome));
    }

    /// Counts what a line of a test runner's output tells: cargo's closing lines, node's, and NOT RUN.
    pub fn hear(&mut self, line: &str) {
        if let Some(at) = line.find("NOT RUN: ") {
            let why = line[at + "NOT RUN: ".len()..].trim().to_owned();
            if !self.not_run.contains(&why) {
                self.not_run.push(why);
            }
        } else if let Some((_, counts)) = line.split_once("test result: ") {
            self.passed += count_before(counts, " passed");
            self.failed += count_before(counts, " failed");
        } else if let Some(count) = line.strip_prefix("ℹ pass ") {
            self.passed += count.trim().parse().unwrap_or(0);
        } else if let Some(count) = line.strip_prefix("ℹ fail ") {
            self.failed += count.trim().parse().unwrap_or(0);
        }
    }

    /// Prints everything; an error where a step failed, or, under CI, where something did not run.
    pub fn close(self) -> Result<(), String> {
        println!("\n== summary");
        for (name, time, outcome) in &self.steps {
            let word = if outcome.is_ok() { "ok" } else { "FAILED" };
            println!("{word:>6}  {:>7.1} s  {name}", time.as_secs_f64());
        }
        self.not_run.iter().for_each(|why| println!("NOT RUN  {why}"));
        println!("NOT RUN {}", self.not_run.len());
        println!("{} passed, {} failed", self.passed, self.failed);
        let broken: Vec<&str> =
            self.steps.iter().filter(|(.., outcome)| outcome.is_err()).map(|(name, ..)| *name).collect();
        if !broken.is_empty() {
            return Err(format!("failed: {}", broken.join(", ")));
        }
        if is_ci() && !self.not_run.is_empty() {
            return Err(format!("{} kinds of tests did not run, and under CI all must", self.not_run.len()));
        }
        Ok(())
    }
}

/// Whether everything a test needs must be there.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}

fn count_before(text: &str, word: &str) -> u32 {
    let before = text.find(word).map(|at| &text[..at]).unwrap_or_default();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|count| count.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_counted() {
        let mut summary = Summary::default();
        summary.hear("test result: ok. 12 passed; 1 failed; 3 ignored; 0 measured");
        summary.hear("ℹ pass 7");
        summary.hear("ℹ fail 0");
        summary.hear("  NOT RUN: no adapter");
        summary.hear("NOT RUN: no adapter");
        assert_eq!((summary.passed, summary.failed, summary.not_run.len()), (19, 1, 1));
    }
}
