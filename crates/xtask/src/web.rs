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

/// A wasm module: a package of ours, the file it is compiled to, and what its bindings are called.
#[derive(Clone, Copy)]
struct Module {
    package: &'static str,
    file: &'static str,
    name: &'static str,
}

const ENGINE: Module = Module { package: "reckon-wasm", file: "reckon_wasm.wasm", name: "reckon" };
const GRADER: Module = Module { package: "reckon-grader", file: "reckon_grader.wasm", name: "grader" };

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

/// Builds the wasm modules and their bindings into `web/pkg`. The engine's is shipped twice, once for browsers with relaxed
/// SIMD; both speak through the same bindings, and a fast build takes one module for both. What grades answers is a module of
/// its own in `web/pkg/grader`: few visitors need it.
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
        bind_all(&compile(Program::cargo(), profile, &place::target(), &[ENGINE, GRADER])?, &pkg, profile)?;
        return copy(pkg.join("reckon_bg.wasm"));
    }
    // A folder of its own: cargo would build everything anew each time the features change.
    let target = place::target().join("relaxed");
    let cargo = Program::cargo().env(RUSTFLAGS, RELAXED).env("CARGO_TARGET_DIR", &target);
    // At once: most of a build is one link, and a link keeps one core.
    let (plain, with_relaxed) = std::thread::scope(|scope| {
        let with_relaxed = scope.spawn(|| compile(cargo, profile, &target, &[ENGINE]));
        (compile(Program::cargo(), profile, &place::target(), &[ENGINE, GRADER]), with_relaxed.join())
    });
    let relaxed = target.join("pkg");
    bind_all(&plain?, &pkg, profile)?;
    let with_relaxed = with_relaxed.map_err(|_| "building with relaxed SIMD panicked")??;
    bind(&with_relaxed, ENGINE, &relaxed, profile)?;
    let read = |path: PathBuf| fs::read(&path).map_err(|err| format!("{}: {err}", path.display()));
    if read(pkg.join("reckon.js"))? != read(relaxed.join("reckon.js"))? {
        return Err(format!("the bindings in {} and in {} differ", pkg.display(), relaxed.display()));
    }
    copy(relaxed.join("reckon_bg.wasm"))
}

/// Compiles modules; the folder they are in.
fn compile(cargo: Program, profile: Profile, target: &Path, modules: &[Module]) -> Result<PathBuf, String> {
    let packages = modules.iter().flat_map(|module| ["--package", module.package]);
    let how = ["--target", "wasm32-unknown-unknown", "--profile", profile.name()];
    cargo.args(["build"]).args(packages).args(how).run()?;
    Ok(target.join("wasm32-unknown-unknown").join(profile.folder()))
}

/// Writes the modules of a folder and their bindings into `pkg`.
fn bind_all(compiled: &Path, pkg: &Path, profile: Profile) -> Result<(), String> {
    bind(compiled, ENGINE, pkg, profile)?;
    bind(compiled, GRADER, &pkg.join(GRADER.name), profile)
}

/// Writes a module and its bindings into a folder, which has nothing else afterwards.
fn bind(compiled: &Path, module: Module, folder: &Path, profile: Profile) -> Result<(), String> {
    let wasm = compiled.join(module.file);
    if folder.is_dir() {
        fs::remove_dir_all(folder).map_err(|err| format!("{}: {err}", folder.display()))?;
    }
    let mut bindings = Bindgen::new();
    bindings.input_path(&wasm).out_name(module.name).typescript(true).remove_producers_section(true);
    bindings.remove_name_section(profile == Profile::Shipped).omit_default_module_path(false);
    let bindings = bindings.web(true).and_then(|bindings| bindings.generate(folder));
    bindings.map_err(|err| format!("{}: {err:#}", wasm.display()))
}
