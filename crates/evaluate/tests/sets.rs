//! The right answers of the published sets, whose problems the repository does not ship, each against itself.

use std::collections::BTreeSet;

use reckon_evaluate::{Found, final_answer, same};
use serde::Deserialize;

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

/// A line of `golds.jsonl`, which `golds.py` made of the sets' files.
#[derive(Deserialize)]
struct Gold {
    set: String,
    answer: String,
    /// How the published solution ends, of MATH-500.
    ending: Option<String>,
}

/// All of them.
fn all() -> Vec<Gold> {
    let lines = include_str!("golds.jsonl").lines();
    let golds: Vec<Gold> = lines.skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    for (set, count) in SETS {
        assert_eq!(golds.iter().filter(|gold| gold.set == *set).count(), *count, "{set}");
    }
    golds
}

#[test]
fn every_right_answer_of_the_sets_is_right() {
    for Gold { set, answer: gold, .. } in all() {
        assert!(same(&gold, &gold), "{set}: {gold}");
        let sentence =
            format!("<think>Perhaps \\boxed{{17.3}}.</think>So it is $\\boxed{{{gold}}}$, which was asked.");
        let answer = final_answer(&sentence).unwrap();
        assert_eq!(answer.found, Found::Boxed);
        assert!(same(&answer.text, &gold), "{set}: {gold} in a box is {}", answer.text);
    }
}

#[test]
fn every_published_solution_is_right() {
    let mut solutions = 0;
    for Gold { answer: gold, ending, .. } in all() {
        let Some(ending) = ending else { continue };
        solutions += 1;
        let answer = final_answer(&ending).unwrap();
        assert!(same(&answer.text, &gold), "{gold}: the solution's answer is {}", answer.text);
    }
    assert_eq!(solutions, 500);
}

#[test]
fn no_right_answer_stands_for_another_unless_they_are_equal() {
    let (mut found, all) = (BTreeSet::new(), all());
    for (set, _) in SETS {
        let golds = all.iter().filter(|gold| gold.set == *set);
        let golds: BTreeSet<&String> = golds.map(|gold| &gold.answer).collect();
        for gold in &golds {
            let others = golds.iter().filter(|other| *other != gold && same(other, gold));
            found.extend(others.map(|other| [(*gold.min(other)).clone(), (*gold.max(other)).clone()]));
        }
    }
    let equal = EQUAL.iter().map(|pair| pair.map(str::to_owned)).collect();
    assert_eq!(found, equal, "pairs that are judged equal, left; pairs that are, right");
}
