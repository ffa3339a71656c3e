//! The right answers of the published sets, which the repository does not ship, each against itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reckon_evaluate::{Found, final_answer, same};
use serde_json::Value;

/// Set, how many answers it has.
const SETS: &[(&str, usize)] = &[("math500", 500), ("gsm8k", 1319), ("aime24", 30), ("amc23", 40)];

/// The folder of the sets, or `None` and a word on it.
fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/eval");
    let folder = std::env::var_os("RECKON_EVAL_DATA").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        println!("NOT RUN: there is no {}; RECKON_EVAL_DATA names the folder of the sets", folder.display());
        return None;
    }
    Some(folder)
}

/// The right answers of a set, as its file has them.
fn golds(folder: &Path, set: &str) -> Vec<String> {
    let path = folder.join(format!("{set}_test.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let gold = |line: &str| match &serde_json::from_str::<Value>(line).unwrap()["answer"] {
        Value::String(answer) => answer.rsplit("####").next().unwrap().trim().to_owned(),
        number => number.to_string(),
    };
    text.lines().map(gold).collect()
}

#[test]
fn every_right_answer_of_the_sets_is_right() {
    let Some(folder) = folder() else { return };
    for (set, count) in SETS {
        let golds = golds(&folder, set);
        assert_eq!(golds.len(), *count, "{set}");
        for gold in &golds {
            assert!(same(gold, gold), "{set}: {gold}");
            let sentence = format!(
                "<think>Perhaps \\boxed{{17.3}}.</think>So it is $\\boxed{{{gold}}}$, which was asked."
            );
            let answer = final_answer(&sentence).unwrap();
            assert_eq!(answer.found, Found::Boxed);
            assert!(same(&answer.text, gold), "{set}: {gold} in a box is {}", answer.text);
        }
    }
}

#[test]
fn no_right_answer_stands_for_another() {
    let Some(folder) = folder() else { return };
    for (set, _) in SETS {
        let golds: BTreeSet<String> = golds(&folder, set).into_iter().collect();
        for answer in &golds {
            let hits = golds.iter().filter(|gold| *gold != answer && same(answer, gold));
            for gold in hits {
                println!("{set}: {answer} for {gold}");
            }
        }
    }
}
