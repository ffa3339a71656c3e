//! What a text answers, and whether that is equal to the right answer.
//!
//! Nothing in Rust reads answers in LaTeX and is small enough for a browser's tab, and what the published scores were made
//! with, sympy and the packages on it, needs a Python beside a program that is one file. So they are read here, and those
//! packages say how well: `docs/scoring.md` has the rules and the measured agreement.
//!
//! The order of the work: `answer` finds the answer in a text, `token` cuts it, `shape` and `formula` read it into an
//! `expression`, `equal` compares, and `verdict` tries every reading of both.

mod answer;
mod choice;
mod complex;
mod equal;
mod expression;
mod formula;
mod notation;
mod shape;
mod token;
mod verdict;
mod word;

pub use answer::{Answer, Found, final_answer};
pub use verdict::same;
