//! The sample that the page asks where nobody gives it a file: rows of the published sets, chosen as a run chooses them.

use std::path::{Path, PathBuf};

use reckon_evaluate::{Suite, order};
use serde_json::{Map, Value};

/// Rows of each suite.
const ROWS: usize = 12;
/// The seed that orders them.
const SEED: u64 = 0;
/// What of a row is left out: the page needs no way to the answer.
const LEFT_OUT: &str = "solution";
/// Bytes that all of it may have.
const MOST_BYTES: usize = 15_000;
/// The suites whose licence allows it.
const SUITES: [Suite; 2] = [Suite::Gsm8k, Suite::Math500];

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sample(suite: Suite) -> PathBuf {
    home().join(format!("../../web/src/evaluation/samples/sample_{}.jsonl", suite.name()))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The first rows of a suite's file in the order of the seed, a line of JSON each.
fn chosen(file: &str) -> String {
    let rows: Vec<&str> = file.lines().filter(|line| !line.trim().is_empty()).collect();
    let numbers = order(rows.len() as u32, SEED).into_iter().take(ROWS);
    let row = |number: u32| {
        let mut row: Map<String, Value> = serde_json::from_str(rows[number as usize]).unwrap();
        row.remove(LEFT_OUT);
        serde_json::to_string(&row).unwrap() + "\n"
    };
    numbers.map(row).collect()
}

/// With `RECKON_WRITE_SAMPLE` in the environment it is written anew.
#[test]
fn the_sample_is_what_seed_0_asks_first_of_each_set() {
    let folder =
        std::env::var_os("RECKON_EVAL_DATA").map_or(home().join("../../../shared/data/eval"), PathBuf::from);
    if !folder.is_dir() {
        println!("NOT RUN: there is no {}; RECKON_EVAL_DATA names the folder of the sets", folder.display());
        return;
    }
    for suite in SUITES {
        let chosen = chosen(&read(&folder.join(suite.file())));
        if std::env::var_os("RECKON_WRITE_SAMPLE").is_some() {
            std::fs::write(sample(suite), &chosen).unwrap();
        }
        assert_eq!(read(&sample(suite)), chosen, "{}", suite.title());
    }
}

#[test]
fn the_sample_is_small_and_read_as_any_file_of_its_suite() {
    let files = SUITES.map(|suite| (suite, read(&sample(suite))));
    for (suite, file) in &files {
        assert_eq!(suite.problems(file).unwrap().len(), ROWS, "{}", suite.title());
    }
    let bytes: usize = files.iter().map(|(_, file)| file.len()).sum();
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}
