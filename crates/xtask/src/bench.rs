//! `cargo xtask bench`: `reckon bench`, built for speed, its run kept under tests/runs.

use crate::place;
use crate::program::Program;

/// What is measured where nothing is named.
const USUAL: [&str; 4] = ["--random", "950m", "--dtype", "q4"];

/// Measures as `arguments` ask, all of them of `reckon bench`.
///
/// # Errors
/// It does not build, or fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    Program::cargo().args(["build", "--quiet", "--release", "--package", "reckon-cli"]).run()?;
    let name = format!("reckon{}", std::env::consts::EXE_SUFFIX);
    let reckon = place::target().join("release").join(name);
    let names_one = arguments.iter().any(|word| word.starts_with("--model") || word.starts_with("--random"));
    let usual: &[&str] = if names_one { &[] } else { &USUAL };
    Program::new(&reckon.to_string_lossy())
        .args(["bench"])
        .args(usual)
        .args(arguments)
        .args(["--save", "tests/runs"])
        .run()
}
