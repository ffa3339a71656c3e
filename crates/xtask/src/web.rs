//! The app: Rust to wasm, its bindings, and the page around it.

use std::fs;

use wasm_bindgen_cli_support::Bindgen;

use crate::place;
use crate::program::Program;
use crate::system;

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

/// Builds the app into `web/dist`.
///
/// # Errors
/// A tool is missing or fails.
pub fn build(profile: Profile) -> Result<(), String> {
    module(profile)?;
    system::node_packages()?;
    Program::npm().args(["run", "--silent", "build"]).within(place::web()).run()
}

/// Builds the wasm module and its bindings into `web/pkg`.
///
/// # Errors
/// A tool is missing or fails.
pub fn module(profile: Profile) -> Result<(), String> {
    system::wasm_target()?;
    let package =
        ["--package", "reckon-wasm", "--target", "wasm32-unknown-unknown", "--profile", profile.name()];
    Program::cargo().args(["build"]).args(package).run()?;
    let wasm = place::target().join("wasm32-unknown-unknown").join(profile.folder()).join("reckon_wasm.wasm");
    let pkg = place::web().join("pkg");
    if pkg.is_dir() {
        fs::remove_dir_all(&pkg).map_err(|err| format!("{}: {err}", pkg.display()))?;
    }
    let mut bindings = Bindgen::new();
    bindings.input_path(&wasm).out_name("reckon").typescript(true).remove_producers_section(true);
    bindings.remove_name_section(profile == Profile::Shipped).omit_default_module_path(false);
    let bindings = bindings.web(true).and_then(|bindings| bindings.generate(&pkg));
    bindings.map_err(|err| format!("{}: {err:#}", wasm.display()))
}
