//! What an evaluation came to, as a person reads it.

use std::fmt::Write;

use evaluate::Summary;

/// A table of one suite.
pub fn of(summary: &Summary) -> String {
    let mut text = format!("{}\n", summary.title());
    for (name, words) in summary.rows() {
        writeln!(text, "  {name:20} {words}").expect("a text takes what is written");
    }
    text
}
