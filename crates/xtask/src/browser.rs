//! The app in a browser, by the scripts of tests/browser.

use std::path::{Path, PathBuf};

use crate::place;
use crate::program::Program;
use crate::summary::Summary;
use crate::web::{self, Profile};
use crate::{fetch, system};

/// Builds the app and runs the browser's tests, those whose names hold `pattern`.
///
/// # Errors
/// Something failed, or under CI did not run.
pub fn alone(profile: Profile, pattern: Option<String>) -> Result<(), String> {
    system::test_machine();
    let mut summary = Summary::default();
    summary.step("the app", |_| web::build(profile).and_then(|()| web::single_file()));
    summary.step("the browser", |summary| test(summary, pattern.as_deref()));
    summary.close()
}

/// Runs the browser's tests on the app as it is built.
///
/// # Errors
/// A test failed or could not be started.
pub fn test(summary: &mut Summary, pattern: Option<&str>) -> Result<(), String> {
    let Some(chromium) = system::chromium() else {
        summary.hear("NOT RUN: no Chromium or Chrome is installed; name one in RECKON_CHROMIUM");
        return Ok(());
    };
    system::node_packages()?;
    let golden = golden_models()?;
    let reckon = terminal("dev")?;
    let mut node = Program::new("node").args(["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    if let Some(pattern) = pattern {
        node = node.args(["--test-name-pattern", pattern]);
    }
    if let Some(mdbook) = system::mdbook() {
        node = node.env("RECKON_MDBOOK", mdbook);
    }
    let passed = node
        .args(scripts()?)
        .env("RECKON_CHROMIUM", chromium)
        .env("RECKON_GOLDEN", golden)
        .env("RECKON_BIN", reckon)
        .heard(&mut |line| summary.hear(line))?;
    if passed { Ok(()) } else { Err("the browser's tests failed".to_owned()) }
}

/// SmolLM2 in Chromium against the terminal.
///
/// # Errors
/// They differ, or something is missing.
pub fn real() -> Result<(), String> {
    fetch::model()?;
    let chromium =
        system::chromium().ok_or("no Chromium or Chrome is installed; name one in RECKON_CHROMIUM")?;
    web::build(Profile::Shipped)?;
    let reckon = terminal("release")?;
    Program::new("node")
        .args(["tests/browser/real_model.mjs"])
        .env("RECKON_CHROMIUM", chromium)
        .env("RECKON_BIN", reckon)
        .run()
}

/// How soon after the page is opened the embedded model thinks, in Chromium.
///
/// # Errors
/// It is not soon enough on the processor, or something is missing.
pub fn first_token() -> Result<(), String> {
    let chromium =
        system::chromium().ok_or("no Chromium or Chrome is installed; name one in RECKON_CHROMIUM")?;
    web::build(Profile::Shipped)?;
    Program::new("node").args(["tests/browser/first_token.mjs"]).env("RECKON_CHROMIUM", chromium).run()
}

/// A model of 950M geometry in Chromium against transformers; `folder` is what golden/full_size.py wrote.
///
/// # Errors
/// They differ, or something is missing.
pub fn full_size(folder: Option<String>) -> Result<(), String> {
    let folder = folder.ok_or("name the folder that tests/golden/full_size.py wrote into")?;
    let folder = std::path::absolute(&folder).map_err(|err| format!("{folder}: {err}"))?;
    let chromium =
        system::chromium().ok_or("no Chromium or Chrome is installed; name one in RECKON_CHROMIUM")?;
    web::build(Profile::Shipped)?;
    let script = Path::new("tests/browser/full_size.mjs");
    Program::new("node").args([script, &folder]).env("RECKON_CHROMIUM", chromium).run()
}

/// A checkpoint of 950M's size from a gated hub into Chromium, whatever happens on the way; onto a GPU unless another
/// `device` is named.
///
/// # Errors
/// Something is not as it must be, or is missing.
pub fn full_hub(device: Option<String>) -> Result<(), String> {
    let chromium =
        system::chromium().ok_or("no Chromium or Chrome is installed; name one in RECKON_CHROMIUM")?;
    fetch::tokenizer()?;
    golden_models()?;
    web::build(Profile::Shipped)?;
    let script = Program::new("node").args(["tests/browser/full_hub.mjs"]).args(device);
    script.env("RECKON_CHROMIUM", chromium).run()
}

fn scripts() -> Result<Vec<PathBuf>, String> {
    let folder = place::home().join("tests/browser");
    let entries = std::fs::read_dir(&folder).map_err(|err| format!("{}: {err}", folder.display()))?;
    let mut scripts: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    scripts.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    scripts.sort();
    Ok(scripts)
}

/// Writes every golden case where the browser's tests serve it from.
fn golden_models() -> Result<PathBuf, String> {
    let folder = place::target().join("golden-models");
    std::fs::create_dir_all(&folder).map_err(|err| format!("{}: {err}", folder.display()))?;
    let bin = ["run", "--quiet", "--package", "reckon-tests", "--bin", "golden-models", "--"];
    Program::cargo().args(bin).args([Path::new(&folder)]).run()?;
    Ok(folder)
}

/// Builds the terminal's face.
fn terminal(profile: &str) -> Result<PathBuf, String> {
    Program::cargo().args(["build", "--quiet", "--package", "reckon-cli", "--profile", profile]).run()?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let name = format!("reckon{}", std::env::consts::EXE_SUFFIX);
    Ok(place::target().join(folder).join(name))
}
