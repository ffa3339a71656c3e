//! The npm package: what sites install, in web/package.

use crate::embedded::Embedded;
use crate::place;
use crate::program::Program;
use crate::system;

/// Builds the package around the wasm module as it is, the embedded model in it; `npm pack web/package` makes it one file.
///
/// # Errors
/// The model is missing; a tool is missing or fails.
pub fn build() -> Result<(), String> {
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
