//! What a kept model's folder holds, line by line: a line that was not written to its end is as if it were not there.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::answer::Stamp;

/// The version of everything that is kept; what an older one left is not read.
pub(crate) const LAYOUT: u32 = 1;

/// One thing that is known.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Line {
    /// The first: what is kept here.
    About {
        /// [`LAYOUT`] of whoever wrote it.
        layout: u32,
        /// Where it comes from, as the page would ask for it, in JSON; without a token.
        source: String,
        /// How it was asked to be held.
        dtype: Option<String>,
    },
    /// What the server said of a file; without a size there is no such file.
    Met { file: String, stamp: Stamp, size_bytes: Option<u64> },
    /// So many bytes of the file's beginning are kept, and their hash.
    Beginning { file: String, bytes: u64, hash: String },
    /// A stretch of weights is kept, and its hash.
    Stretch { number: usize, hash: String },
    /// All of it is here.
    Whole,
}

/// What all lines say together; a later one is right.
#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) about: Option<(String, Option<String>)>,
    pub(crate) met: HashMap<String, (Stamp, Option<u64>)>,
    pub(crate) beginnings: HashMap<String, (u64, String)>,
    pub(crate) stretches: HashMap<usize, String>,
    pub(crate) is_whole: bool,
}

impl Journal {
    /// Reads what was written, up to the first line that is none; gives where that begins.
    pub(crate) fn read(bytes: &[u8]) -> (Self, u64) {
        let (mut journal, mut at) = (Self::default(), 0);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(Ok(read)) = line.strip_suffix(b"\n").map(serde_json::from_slice) else { break };
            if !journal.take(read) {
                return (Self::default(), 0);
            }
            at += line.len() as u64;
        }
        (journal, at)
    }

    /// Takes a line in; `false` where it is of another layout.
    pub(crate) fn take(&mut self, line: Line) -> bool {
        match line {
            Line::About { layout, .. } if layout != LAYOUT => return false,
            Line::About { source, dtype, .. } => self.about = Some((source, dtype)),
            Line::Met { file, stamp, size_bytes } => drop(self.met.insert(file, (stamp, size_bytes))),
            Line::Beginning { file, bytes, hash } => drop(self.beginnings.insert(file, (bytes, hash))),
            Line::Stretch { number, hash } => drop(self.stretches.insert(number, hash)),
            Line::Whole => self.is_whole = true,
        }
        true
    }
}

impl Line {
    /// As it is written.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("a line is plain data");
        bytes.push(b'\n');
        bytes
    }
}
