//! The app: Rust to wasm, its bindings, and the page around it.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::embedded::Embedded;
use crate::package;
use crate::place;
use crate::program::Program;
use crate::system;

/// What a module for browsers with relaxed SIMD is compiled with, beside what .cargo/config.toml has.
const RELAXED: &str = "-C target-feature=+simd128,+relaxed-simd";
const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// How the wasm module is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Small and fast, after a slow link: what visitors get, and what tests run.
    Shipped,
    /// Soon there, larger, with checks: for work on the page.
    Fast,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Shipped => "web",
            Self::Fast => "dev",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Shipped => "web",
            Self::Fast => "debug",
        }
    }
}

/// Builds the app into `web/dist` and the package for other pages into `web/package`, the embedded model beside each.
///
/// # Errors
/// The model is missing; a tool is missing or fails.
pub fn build(profile: Profile) -> Result<(), String> {
    let embedded = Embedded::find()?;
    module(profile)?;
    system::node_packages()?;
    Program::npm().args(["run", "--silent", "build"]).within(place::web()).run()?;
    embedded.hashed()?.put(&place::web().join("dist"))?;
    package::build()
}

/// Builds the app as one file, `web/dist/reckon.html`, from the modules that are there: it answers when it is opened from a
/// disk.
///
/// # Errors
/// A tool is missing or fails.
pub fn single_file() -> Result<(), String> {
    system::node_packages()?;
    Program::npm().args(["run", "--silent", "single"]).within(place::web()).run()
}

/// Builds the wasm module and its bindings into `web/pkg`; a shipped one twice, once for browsers with relaxed SIMD.
/// Both speak through the same bindings; a fast build takes one module for both.
///
/// # Errors
/// A tool is missing or fails, or the bindings differ.
pub fn module(profile: Profile) -> Result<(), String> {
    system::wasm_target()?;
    let pkg = place::web().join("pkg");
    let copy = |module: PathBuf| {
        let copied = fs::copy(&module, pkg.join("reckon_relaxed_bg.wasm"));
        copied.map(drop).map_err(|err| format!("{}: {err}", module.display()))
    };
    if profile == Profile::Fast {
        bind(&compile(Program::cargo(), profile, &place::target())?, &pkg, profile)?;
        return copy(pkg.join("reckon_bg.wasm"));
    }
    // A folder of its own: cargo would build everything anew each time the features change.
    let target = place::target().join("relaxed");
    let cargo = Program::cargo().env(RUSTFLAGS, RELAXED).env("CARGO_TARGET_DIR", &target);
    // At once: most of a build is one link, and a link keeps one core.
    let (plain, with_relaxed) = std::thread::scope(|scope| {
        let with_relaxed = scope.spawn(|| compile(cargo, profile, &target));
        (compile(Program::cargo(), profile, &place::target()), with_relaxed.join())
    });
    let relaxed = target.join("pkg");
    bind(&plain?, &pkg, profile)?;
    bind(&with_relaxed.map_err(|_| "building with relaxed SIMD panicked")??, &relaxed, profile)?;
    let read = |path: PathBuf| fs::read(&path).map_err(|err| format!("{}: {err}", path.display()));
    if read(pkg.join("reckon.js"))? != read(relaxed.join("reckon.js"))? {
        return Err(format!("the bindings in {} and in {} differ", pkg.display(), relaxed.display()));
    }
    copy(relaxed.join("reckon_bg.wasm"))
}

/// Compiles the module into a folder.
fn compile(cargo: Program, profile: Profile, target: &Path) -> Result<PathBuf, String> {
    let package =
        ["--package", "reckon-wasm", "--target", "wasm32-unknown-unknown", "--profile", profile.name()];
    cargo.args(["build"]).args(package).run()?;
    Ok(target.join("wasm32-unknown-unknown").join(profile.folder()).join("reckon_wasm.wasm"))
}

/// Writes a module and its bindings into a folder.
fn bind(wasm: &Path, folder: &Path, profile: Profile) -> Result<(), String> {
    if folder.is_dir() {
        fs::remove_dir_all(folder).map_err(|err| format!("{}: {err}", folder.display()))?;
    }
    let mut bindings = Bindgen::new();
    bindings.input_path(wasm).out_name("reckon").typescript(true).remove_producers_section(true);
    bindings.remove_name_section(profile == Profile::Shipped).omit_default_module_path(false);
    let bindings = bindings.web(true).and_then(|bindings| bindings.generate(folder));
    bindings.map_err(|err| format!("{}: {err:#}", wasm.display()))
}
