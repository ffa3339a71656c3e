//! A model's answers to sets of problems: what is asked, what was answered, and what of it is right. No IO.
//!
//! [`Suite`] reads a set's file and [`order`] chooses of it; [`record`] is how answers are kept, and [`Summary`] what they
//! come to.
//!
//! [`final_answer`] finds what a text answers, and [`same`] tells whether that is equal to the right answer. Nothing in
//! Rust reads answers in LaTeX and is small enough for a browser's tab, and what the published scores were made with,
//! sympy and the packages on it, needs a Python beside a program that is one file. So they are read here, and those
//! packages say how well: `docs/scoring.md` has the rules and the measured agreement.

mod answer;
mod choice;
mod complex;
mod equal;
mod error;
mod expression;
mod formula;
mod interval;
mod notation;
mod order;
mod paper;
pub mod protocol;
pub mod record;
mod shape;
mod suite;
mod summary;
mod table;
mod token;
mod verdict;
mod word;

pub use answer::{Answer, Found, final_answer};
pub use error::Error;
pub use interval::Interval;
pub use order::{answer_seed, order};
pub use paper::Row;
pub use suite::{Function, Gold, Problem, Suite};
pub use summary::{Judged, Summary, Verdict};
pub use verdict::same;
