//! `cargo xtask bench`: `reckon bench`, built for speed, its run kept under tests/runs; or what a browser would run, on Dawn.

use std::fs;

use crate::place;
use crate::program::Program;
use crate::system;
use crate::web::{self, Profile};

/// What is measured where nothing is named.
const USUAL: [&str; 4] = ["--random", "950m", "--dtype", "q4"];

/// Measures as `arguments` ask, all of them of `reckon bench`, or after `--dawn` of `web/src/bench/dawn`.
///
/// # Errors
/// It does not build, or fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    match arguments.split_first() {
        Some((first, rest)) if first == "--dawn" => dawn(rest),
        _ => terminal(arguments),
    }
}

fn terminal(arguments: &[String]) -> Result<(), String> {
    Program::cargo().args(["build", "--quiet", "--release", "--package", "reckon-cli"]).run()?;
    let name = format!("reckon{}", std::env::consts::EXE_SUFFIX);
    let reckon = place::target().join("release").join(name);
    Program::new(&reckon.to_string_lossy())
        .args(["bench"])
        .args(usual(arguments))
        .args(arguments)
        .args(["--save", "tests/runs"])
        .run()
}

/// Builds `target/dawn`, which needs nothing but Node.js, and runs what is in it.
fn dawn(arguments: &[String]) -> Result<(), String> {
    web::module(Profile::Shipped)?;
    system::node_packages()?;
    let folder = place::target().join("dawn");
    let out = ["run", "--silent", "dawn", "--", "--outDir"];
    Program::npm().args(out).args([&folder]).within(place::web()).run()?;
    for name in ["package.json", "package-lock.json"] {
        let (from, to) = (place::home().join("tests/runs/dawn").join(name), folder.join(name));
        let wanted = fs::read(&from).map_err(|err| format!("{}: {err}", from.display()))?;
        // One that is there already keeps its date: by that is seen whether its packages are installed.
        if fs::read(&to).ok().as_ref() != Some(&wanted) {
            fs::write(&to, wanted).map_err(|err| format!("{}: {err}", to.display()))?;
        }
    }
    system::node_packages_of(folder.clone())?;
    Program::new("node").args([folder.join("dawn.mjs")]).args(usual(arguments)).args(arguments).run()
}

fn usual(arguments: &[String]) -> &'static [&'static str] {
    let names_one = arguments.iter().any(|word| word.starts_with("--model") || word.starts_with("--random"));
    if names_one { &[] } else { &USUAL }
}
