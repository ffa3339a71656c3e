//! One model as it is kept on this device: packed weights, the beginnings of its files, and a journal of both.

use std::ops::Range;

use wasm_bindgen::JsValue;

use crate::answer::Stamp;
use crate::journal::{Journal, LAYOUT, Line};
use crate::opfs::{Folder, Handle};

pub(crate) const JOURNAL: &str = "journal";
const WEIGHTS: &str = "weights";
/// A journal of more bytes is none of ours.
const JOURNAL_BYTES: u64 = 64 << 20;

/// A model's place on this device, open for this worker alone.
pub(crate) struct Shelf {
    file: Handle,
    weights: Handle,
    journal: Journal,
    /// Where the journal ends.
    end: u64,
}

impl Shelf {
    /// Opens the place in `folder` for what `about` says; whatever else stands in it is dropped.
    ///
    /// # Errors
    /// What JavaScript threw: the browser keeps nothing, or another worker has it open.
    pub(crate) async fn open(folder: &Folder, about: Line) -> Result<Self, JsValue> {
        let file = folder.open(JOURNAL).await?;
        let weights = folder.open(WEIGHTS).await?;
        let bytes = file.read(0, file.size_bytes()?.min(JOURNAL_BYTES) as usize)?;
        let (journal, end) = Journal::read(&bytes);
        file.truncate(end)?;
        let mut shelf = Self { file, weights, journal, end };
        if shelf.journal.about.is_none() {
            shelf.weights.truncate(0)?;
            shelf.note(about)?;
        }
        Ok(shelf)
    }

    /// Whether everything is here.
    pub(crate) fn is_whole(&self) -> bool {
        self.journal.is_whole
    }

    /// Whether no weight is here.
    pub(crate) fn is_empty(&self) -> bool {
        self.journal.stretches.is_empty()
    }

    /// Notes that everything is here.
    pub(crate) fn note_whole(&mut self) -> Result<(), JsValue> {
        if self.journal.is_whole { Ok(()) } else { self.note(Line::Whole) }
    }

    /// What the server said of a file: its size, where there is such a file.
    pub(crate) fn met(&self, file: &str) -> Option<Option<u64>> {
        self.journal.met.get(file).map(|(_, size_bytes)| *size_bytes)
    }

    /// Whether the file that the server has now is the one that is kept, as far as can be seen.
    pub(crate) fn is_like(&self, file: &str, stamp: &Stamp, size_bytes: Option<u64>) -> bool {
        self.journal.met.get(file).is_none_or(|(met, met_bytes)| {
            met.is_like(stamp) && (size_bytes.is_none() || *met_bytes == size_bytes)
        })
    }

    /// Notes what the server says of a file.
    pub(crate) fn meet(&mut self, file: &str, stamp: Stamp, size_bytes: Option<u64>) -> Result<(), JsValue> {
        if self.journal.met.contains_key(file) {
            return Ok(());
        }
        self.note(Line::Met { file: file.to_owned(), stamp, size_bytes })
    }

    /// Drops everything that is kept.
    pub(crate) fn clear(&mut self) -> Result<(), JsValue> {
        let about = self.journal.about.take();
        (self.journal, self.end) = (Journal::default(), 0);
        self.file.truncate(0)?;
        self.weights.truncate(0)?;
        match about {
            Some((source, dtype)) => self.note(Line::About { layout: LAYOUT, source, dtype }),
            None => Ok(()),
        }
    }

    /// How many bytes of a file's beginning are kept, and their hash.
    pub(crate) fn beginning(&self, file: &str) -> Option<(u64, String)> {
        self.journal.beginnings.get(file).cloned()
    }

    /// Notes that so many bytes of a file's beginning are kept.
    pub(crate) fn keep_beginning(&mut self, file: &str, bytes: u64, hash: String) -> Result<(), JsValue> {
        self.note(Line::Beginning { file: file.to_owned(), bytes, hash })
    }

    /// The hash that a stretch of weights had when it was written.
    pub(crate) fn hash(&self, number: usize) -> Option<String> {
        self.journal.stretches.get(&number).cloned()
    }

    /// Bytes of the weights; `None` where they are not there.
    pub(crate) fn read(&self, range: Range<u64>) -> Option<Vec<u8>> {
        let len = (range.end - range.start) as usize;
        self.weights.read(range.start, len).ok().filter(|bytes| bytes.len() == len)
    }

    /// Keeps a stretch of weights.
    pub(crate) fn write(&mut self, number: usize, at: u64, bytes: &[u8], hash: &str) -> Result<(), JsValue> {
        self.weights.write(at, bytes)?;
        self.note(Line::Stretch { number, hash: hash.to_owned() })
    }

    fn note(&mut self, line: Line) -> Result<(), JsValue> {
        let bytes = line.bytes();
        self.file.write(self.end, &bytes)?;
        self.end += bytes.len() as u64;
        self.journal.take(line);
        Ok(())
    }
}
