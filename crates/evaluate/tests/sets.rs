//! The right answers of the published sets, which the repository does not ship, each against itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reckon_evaluate::{Found, final_answer, same};
use serde_json::Value;

/// Set, how many answers it has.
const SETS: &[(&str, usize)] = &[("math500", 500), ("gsm8k", 1319), ("aime24", 30), ("amc23", 40)];

/// Right answers to different questions of one set that are equal.
const EQUAL: &[[&str; 2]] = &[
    ["(-2,1)", "-2,1"],
    // Brackets round a list that has none.
    ["(-2,1)", "1,-2"],
    ["-2,1", "1,-2"],
    ["10,\\!080", "10080"],
    ["120", "120^\\circ"],
    ["14,000", "14000"],
    ["15", "15\\mbox{ cm}^2"],
    ["2 \\sqrt{5}", "2\\sqrt{5}"],
    ["30", "30^\\circ"],
    ["36", "36^\\circ"],
    ["36", "\\$36"],
    ["36^\\circ", "\\$36"],
    // The base left out, which the question names.
    ["40", "40_9"],
    ["5", "x=5"],
    ["5,600", "5600"],
    ["90", "90^\\circ"],
    ["\\frac14", "\\frac{1}{4}"],
];

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
fn every_published_solution_is_right() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read_to_string(folder.join("math500_test.jsonl")).unwrap();
    for row in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let (solution, gold) = (row["solution"].as_str().unwrap(), row["answer"].as_str().unwrap());
        let answer = final_answer(solution).unwrap();
        assert!(same(&answer.text, gold), "{gold}: the solution's answer is {}", answer.text);
    }
}

#[test]
fn no_right_answer_stands_for_another_unless_they_are_equal() {
    let Some(folder) = folder() else { return };
    let mut found = BTreeSet::new();
    for (set, _) in SETS {
        let golds: BTreeSet<String> = golds(&folder, set).into_iter().collect();
        for gold in &golds {
            let others = golds.iter().filter(|other| *other != gold && same(other, gold));
            found.extend(others.map(|other| [gold.min(other).clone(), gold.max(other).clone()]));
        }
    }
    let equal = EQUAL.iter().map(|pair| pair.map(str::to_owned)).collect();
    assert_eq!(found, equal, "pairs that are judged equal, left; pairs that are, right");
}
