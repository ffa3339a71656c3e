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
        clippy(&["--package", "reckon-wasm", "--target", "wasm32-unknown-unknown"])
    });
    summary.step("cargo test", |summary| {
        let tests = Program::cargo().args(["test", "--workspace", "--no-fail-fast", "--", "--show-output"]);
        let passed = tests.heard(&mut |line| summary.hear(line))?;
        if passed { Ok(()) } else { Err("cargo test failed".to_owned()) }
    });
    summary.step("the app", |_| web::build(Profile::Shipped));
    summary.step("its size", |_| size::check());
    summary.step("tsc", |_| Program::npm().args(["run", "--silent", "check"]).within(place::web()).run());
    summary.step("the browser", |summary| browser::test(summary, None));
    summary.close()
}

fn clippy(what: &[&str]) -> Result<(), String> {
    Program::cargo().args(["clippy", "--quiet"]).args(what).args(["--", "-D", "warnings"]).run()
}
