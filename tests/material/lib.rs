//! What the tests across floors are made of: seeded models and their files, goldens, the binary, figures.
//!
//! A golden case ([`Case`]) names a configuration and a seed; its weights are drawn ([`seeded`]) and written as the
//! files a user would have ([`hugging_face`], [`gguf`]), and what transformers computed for them is read from
//! `golden/cases`.

mod binary;
mod case;
mod figure;
mod fixture;
pub mod gguf;
pub mod hub;
pub mod hugging_face;
mod model;
mod opened;
pub mod seeded;

pub use binary::{Run, reckon};
pub use case::{Case, Text};
pub use figure::{Figure, largest};
pub use fixture::Fixture;
pub use model::{ModelFile, tensors};
pub use opened::Opened;

/// The folder of this package.
pub fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Says that a test did not run, and why.
///
/// # Panics
/// Under CI (`CI=true`), where everything a test needs must be there.
pub fn not_run(why: &str) {
    println!("NOT RUN: {why}");
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "NOT RUN: {why}");
}
