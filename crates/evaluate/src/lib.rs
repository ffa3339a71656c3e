//! A model's answers to sets of problems: what is asked, what was answered, and what of it is right. No IO.
//!
//! [`Suite`] reads a set's file and [`order`] chooses of it, by [`protocol`]'s settings; [`record`] is how answers are kept,
//! [`final_answer`] and [`same`] judge them, and [`Summary`] is what they come to.

mod error;
mod interval;
mod order;
mod paper;
pub mod protocol;
pub mod record;
mod scoring;
mod suite;
mod summary;
mod table;

pub use error::Error;
pub use interval::Interval;
pub use order::{answer_seed, order};
pub use paper::Row;
pub use scoring::{Answer, Found, final_answer, same};
pub use suite::{Function, Gold, Problem, Suite};
pub use summary::{Judged, Summary, Verdict};
