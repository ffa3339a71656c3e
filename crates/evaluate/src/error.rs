//! What can be wrong with files of problems and of answers.

use std::fmt;

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A line of a suite's file is no problem.
    Row {
        /// The suite's title.
        suite: &'static str,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        fault: String,
    },
    /// A suite's file has nothing in it.
    NoProblem {
        /// The suite's title.
        suite: &'static str,
    },
    /// A line of kept answers is none.
    Answer {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        fault: String,
    },
    /// Answers were kept under other conditions.
    Conditions {
        /// What differs.
        name: String,
        /// What it was.
        found: String,
        /// What it would be now.
        expected: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row { suite, line, fault } => write!(f, "{suite}: line {line}: {fault}"),
            Self::NoProblem { suite } => write!(f, "{suite}: the file has no problem"),
            Self::Answer { line, fault } => write!(f, "line {line}: {fault}"),
            Self::Conditions { name, found, expected } => {
                write!(f, "its answers were made with {name} {found}, and now it would be {expected}")
            }
        }
    }
}

impl std::error::Error for Error {}
