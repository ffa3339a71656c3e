//! Pairs of answers made by hand, each with its verdict and the reason.

use reckon_evaluate::same;

#[test]
fn every_pair_is_judged_as_it_was_by_hand() {
    let lines = include_str!("pairs.tsv").lines().skip(1);
    let pairs: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    let faults: Vec<String> = pairs
        .iter()
        .filter(|pair| same(pair[0], pair[1]) != (pair[2] == "same"))
        .map(|pair| format!("{} for {} is not {}: {}", pair[0], pair[1], pair[2], pair[3]))
        .collect();
    assert!(pairs.iter().all(|pair| pair.len() == 4 && ["same", "different"].contains(&pair[2])));
    assert!(150 <= pairs.len(), "{} pairs", pairs.len());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
