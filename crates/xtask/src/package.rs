//! The npm package: what sites install, in web/package.

use crate::embedded::Embedded;
use crate::place;
use crate::program::Program;
use crate::system;
use crate::web::{self, Profile};

/// Builds the wasm module and the package around it, the embedded model in it; `npm pack web/package` makes it one file.
///
/// # Errors
/// The model is missing; a tool is missing or fails.
pub fn build(profile: Profile) -> Result<(), String> {
    web::module(profile)?;
    around()
}

/// Builds the package around the module as it is.
///
/// # Errors
/// The model is missing; a tool is missing or fails.
pub fn around() -> Result<(), String> {
    let embedded = Embedded::find()?;
    system::node_packages()?;
    Program::npm().args(["run", "--silent", "package"]).within(place::web()).run()?;
    embedded.put(&place::web().join("package"))
}

/// Writes docs/api from the types of the package.
///
/// # Errors
/// A tool is missing or fails.
pub fn reference() -> Result<(), String> {
    system::node_packages()?;
    Program::npm().args(["run", "--silent", "reference"]).within(place::web()).run()
}
