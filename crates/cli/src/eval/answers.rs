//! The file that answers are kept in, a line each as it comes.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use evaluate::Suite;
use evaluate::record::{Answered, Conditions, Kept, line};

use super::data::Data;

/// A file of answers that this process alone writes to.
pub struct Answers {
    /// What it is called.
    pub name: String,
    file: File,
    /// What is in it.
    pub kept: Kept,
}

impl Answers {
    /// Takes a file up where it ended, or begins one.
    ///
    /// # Errors
    /// One readable line: another process writes to it, it is no such file, or its answers were made under other conditions.
    pub fn open(path: &Path, conditions: &Conditions) -> Result<Self, String> {
        let name = path.display().to_string();
        let fault = |err: std::io::Error| format!("{name}: {err}");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(fault)?;
        file.try_lock().map_err(|err| match err {
            TryLockError::WouldBlock => format!("{name}: another process writes to it"),
            TryLockError::Error(err) => fault(err),
        })?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(fault)?;
        let kept = Kept::read(&text).map_err(|err| format!("{name}: {err}"))?;
        let is_new = kept.is_none();
        if is_new && !line(conditions).starts_with(&text) {
            return Err(format!("{name}: it holds no answers of reckon eval; give another --out"));
        }
        let kept =
            kept.unwrap_or_else(|| Kept { conditions: conditions.clone(), answers: Vec::new(), bytes: 0 });
        kept.conditions.must_be(conditions).map_err(|err| format!("{name}: {err}; give another --out"))?;
        // What was interrupted is made anew.
        file.set_len(kept.bytes as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(fault)?;
        if is_new {
            file.write_all(line(conditions).as_bytes()).map_err(fault)?;
        }
        Ok(Self { name, file, kept })
    }

    /// Keeps one more.
    ///
    /// # Errors
    /// One readable line.
    pub fn push(&mut self, answer: Answered) -> Result<(), String> {
        self.file.write_all(line(&answer).as_bytes()).map_err(|err| format!("{}: {err}", self.name))?;
        self.kept.answers.push(answer);
        Ok(())
    }
}

/// Reads a file of answers to a suite, which is not written to.
///
/// # Errors
/// One readable line.
pub fn read(path: &Path, suite: Suite, data: &Data) -> Result<Kept, String> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|err| format!("{name}: {err}"))?;
    let kept = Kept::read(&text).map_err(|err| format!("{name}: {err}"))?;
    let kept = kept.ok_or_else(|| format!("{name}: it holds no answers of reckon eval"))?;
    let found = &kept.conditions;
    match (found.suite == suite.name(), found.data_sha256 == data.sha256) {
        (true, true) => Ok(kept),
        (false, _) => Err(format!("{name}: it answers {}, not {}", found.suite, suite.name())),
        (true, false) => Err(format!(
            "{name}: it answers another file of problems, with SHA-256 {}; that of --data has {}",
            found.data_sha256, data.sha256
        )),
    }
}
