//! A model's answers to sets of problems: what is asked, what was answered, and what of it is right. No IO.
//!
//! [`Suite`] reads a set's file and [`order`] chooses of it; [`record`] is how answers are kept, and [`Summary`] what they come to.

mod error;
mod interval;
mod order;
mod paper;
pub mod record;
mod suite;
mod summary;

pub use error::Error;
pub use interval::Interval;
pub use order::{answer_seed, order};
pub use paper::Row;
pub use suite::{Function, Gold, Problem, Suite};
pub use summary::{Judged, Summary, Verdict};
