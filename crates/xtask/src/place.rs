//! Where things lie.

use std::path::{Path, PathBuf};

/// The repository.
pub fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/xtask lies two folders deep")
}

/// The page's package.
pub fn web() -> PathBuf {
    home().join("web")
}

/// Models that were fetched.
pub fn models() -> PathBuf {
    home().join(".models")
}

/// What cargo builds into.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| home().join("target"), |folder| home().join(folder))
}
