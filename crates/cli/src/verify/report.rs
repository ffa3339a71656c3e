//! The report of `reckon verify`: one Markdown file that may be shown to anybody.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::finding::{Finding, Findings, Verdict};

/// How such a report begins; what begins otherwise is not ours to write over.
const MARK: &str = "<!-- made by reckon verify -->\n";

/// What stands in it.
pub struct Report {
    /// The model's name.
    pub name: String,
    /// What was verified, with what, when: a name and a value a line.
    pub about: Vec<(String, String)>,
    /// Texts: a heading and what stands under it.
    pub texts: Vec<(String, String)>,
}

/// Refuses, before anything is computed, to write over what no `reckon verify` made, or into no folder.
///
/// # Errors
/// There is such a file at `path`, and not `force`; or nowhere to write it.
pub fn may_write(path: &Path, force: bool) -> Result<(), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if path.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(format!(
            "{}: no report can be written there; name a file in a folder that exists",
            path.display()
        ));
    }
    if !path.exists() || force {
        return Ok(());
    }
    match fs::read(path) {
        Ok(bytes) if bytes.starts_with(MARK.as_bytes()) => Ok(()),
        _ => Err(format!(
            "{}: it is there already, and reckon verify did not make it; name another with --out, or give --force",
            path.display()
        )),
    }
}

impl Report {
    /// The report, with what was found.
    pub fn markdown(&self, findings: &Findings) -> String {
        let mut text = format!("{MARK}# {}: a report of reckon verify\n\n", cell(&self.name));
        text.push_str(&format!("**{}**\n\n| | |\n|---|---|\n", told(findings)));
        for (name, value) in &self.about {
            row(&mut text, [name, value]);
        }
        text.push_str("\n## Checks\n\n| | check | found | expected |\n|---|---|---|---|\n");
        for Finding { what, found, expected, verdict } in &findings.list {
            row(&mut text, [verdict.word(), what, found, expected]);
        }
        for (heading, content) in &self.texts {
            let fence = "`".repeat(longest_run(content).max(2) + 1);
            text.push_str(&format!("\n## {}\n\n{fence}text\n{}\n{fence}\n", cell(heading), visible(content)));
        }
        text
    }
}

/// How many checks ended how.
pub fn told(findings: &Findings) -> String {
    let [passed, failed, skipped] =
        [Verdict::Pass, Verdict::Fail, Verdict::Skip].map(|verdict| findings.count(verdict));
    format!("{passed} checks passed, {failed} failed, {skipped} skipped")
}

fn row<const N: usize>(text: &mut String, cells: [&str; N]) {
    for one in cells {
        // Writing to a string does not fail.
        let _ = write!(text, "| {} ", cell(one));
    }
    text.push_str("|\n");
}

/// On one line, and nothing in it that Markdown would take for its own.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for character in visible(text).chars() {
        match character {
            '\n' => out.push(' '),
            '|' | '<' | '>' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out
}

/// Without the characters that steer a terminal.
fn visible(text: &str) -> String {
    let shown =
        |c: char| if c.is_control() && c != '\n' && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect()
}

/// Backticks in a row, at most.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
