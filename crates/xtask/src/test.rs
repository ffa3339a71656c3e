//! `cargo xtask test`: everything, with a summary.

use crate::program::Program;
use crate::summary::Summary;
use crate::web::{self, Profile};
use crate::{browser, fetch, place, size, system};

/// Runs every check and test there is.
///
/// # Errors
/// Something failed, or under CI did not run.
pub fn test() -> Result<(), String> {
    system::test_machine();
    let mut summary = Summary::default();
    summary.step("models for the tests", |_| {
        for fetched in [fetch::model(), fetch::tokenizer()] {
            // The tests that need it say NOT RUN.
            fetched.unwrap_or_else(|message| println!("xtask: {message}"));
        }
        Ok(())
    });
    summary.step("rustfmt", |_| Program::cargo().args(["fmt", "--all", "--", "--check"]).run());
    summary.step("clippy", |_| clippy(&["--workspace", "--all-targets"]));
    summary.step("clippy for wasm", |_| {
        system::wasm_target()?;
        let packages = ["--package", "reckon-wasm", "--package", "reckon-grader"];
        clippy(&[&packages[..], &["--target", "wasm32-unknown-unknown"]].concat())
    });
    summary.step("cargo test", |summary| {
        let tests = Program::cargo().args(["test", "--workspace", "--no-fail-fast", "--", "--show-output"]);
        let passed = tests.heard(&mut |line| summary.hear(line))?;
        if passed { Ok(()) } else { Err("cargo test failed".to_owned()) }
    });
    summary.step("the recipe's tests", recipe);
    summary.step("the app", |_| web::build(Profile::Shipped).and_then(|()| web::single_file()));
    summary.step("its size", |_| size::check());
    summary.step("tsc", |_| Program::npm().args(["run", "--silent", "check"]).within(place::web()).run());
    summary.step("the browser", |summary| browser::test(summary, None));
    summary.close()
}

/// The tests of how the embedded model's problems are made, and that those it is trained on are not those it is scored on.
fn recipe(summary: &mut Summary) -> Result<(), String> {
    let Some(python) = system::python() else {
        summary.hear("NOT RUN: the recipe's tests: there is no Python 3.9 or newer");
        return Ok(());
    };
    let found = ["-m", "unittest", "discover", "-s", "web/embedded/tests", "-t", "web/embedded"];
    // Python leaves its bytecode beside what it reads.
    Program::new(python).args(found).env("PYTHONDONTWRITEBYTECODE", "1").run()
}

fn clippy(what: &[&str]) -> Result<(), String> {
    Program::cargo().args(["clippy", "--quiet"]).args(what).args(["--", "-D", "warnings"]).run()
}
