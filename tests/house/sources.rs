//! Every file we wrote, and how one is read.

use std::fs;
use std::path::{Path, PathBuf};

/// What others wrote, or a tool did.
const NOT_OURS: &[&str] =
    &["target", "pkg", "dist", "package", "node_modules", ".git", ".models", "__pycache__"];

/// The repository.
pub fn home() -> &'static Path {
    reckon_tests::root().parent().unwrap()
}

/// Every file below the repository that is ours.
pub fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![home().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if NOT_OURS.contains(&path.file_name().unwrap().to_str().unwrap()) => (),
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

/// A file's name without its extension.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// A file's extension, or nothing.
pub fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or("")
}

/// Lines that are not whole-line comments, with their numbers from 1.
pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(i, line)| (i + 1, line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// First lines of functions longer than `most`; formatted code closes a brace at the indent it opened.
pub fn long_functions(text: &str, most: usize) -> impl Iterator<Item = usize> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let opens = |line: &&str| {
        let code = line.split("//").next().unwrap();
        ["fn ", "function ", "async "].iter().any(|word| code.trim_start().starts_with(word))
            || [" fn ", " function "].iter().any(|word| code.contains(word))
    };
    let long = |first: &usize| {
        let close = format!("{}}}", " ".repeat(indent(lines[*first])));
        // One in an object is followed by a comma.
        let end = lines[*first..].iter().position(|line| line.trim_end().trim_end_matches(',') == close);
        end.is_some_and(|length| most < length)
    };
    let firsts: Vec<usize> = (0..lines.len()).filter(|i| opens(&lines[*i])).filter(long).collect();
    firsts.into_iter().map(|i| i + 1)
}
