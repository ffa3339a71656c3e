//! Weights on their way into a decoder's memory.

use std::ops::Range;

use checkpoint::{Checkpoint, Held, Piece, Stretch, sha256};

use crate::model::Model;
use crate::open::{Seal, check_seal};
use crate::progress::{Progress, Stage};
use crate::store::Store;
use crate::{Error, Files};

/// What is fetched, hashed and kept as one: what an interruption loses at most, once packed.
pub(crate) const STRETCH_BYTES: u64 = 2 << 20;

/// From a store where they are in it, from their files where they are not.
pub(crate) struct Weights<'a, S> {
    checkpoint: &'a Checkpoint,
    held: &'a Held,
    seals: &'a [Seal],
    model: &'a mut Model,
    stretches: Vec<Stretch>,
    store: &'a mut S,
    /// Why nothing more is kept.
    fault: Option<Error>,
    progress: &'a mut dyn FnMut(Progress),
    now: Progress,
}

impl<'a, S: Store> Weights<'a, S> {
    pub(crate) fn new(
        checkpoint: &'a Checkpoint,
        held: &'a Held,
        seals: &'a [Seal],
        model: &'a mut Model,
        store: &'a mut S,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Self {
        let total_bytes = weight_ranges(checkpoint).map(|(_, range)| range.end - range.start).sum();
        let now = Progress { stage: Stage::Weights, total_bytes, ..Progress::default() };
        let stretches = checkpoint.stretches(held, STRETCH_BYTES);
        Self { checkpoint, held, seals, model, stretches, store, fault: None, progress, now }
    }

    /// How far it has come, and why not all was kept.
    pub(crate) fn end(self) -> (Progress, Option<Error>) {
        (self.now, self.fault)
    }

    /// Brings all weights into their place.
    pub(crate) async fn load(&mut self, files: &impl Files) -> Result<(), Error> {
        let mut number = 0;
        while number < self.stretches.len() {
            if self.take_kept(number).await? {
                number += 1;
                continue;
            }
            // What is missing side by side comes in one go: a server may have no ranges.
            let file = self.stretches[number].file;
            let is_missing =
                |next: &usize| self.stretches[*next].file == file && self.store.hash(*next).is_none();
            let end = (number + 1..self.stretches.len()).find(|next| !is_missing(next));
            let end = end.unwrap_or(self.stretches.len());
            self.fetch(files, number..end).await?;
            number = end;
        }
        Ok(())
    }

    /// Takes a stretch out of the store; `false` where it is not there as it was written.
    async fn take_kept(&mut self, number: usize) -> Result<bool, Error> {
        let stretch = &self.stretches[number];
        let Some(hash) = self.store.hash(number) else { return Ok(false) };
        let kept = self.store.read(stretch.kept.clone()).await?;
        let Some(bytes) = kept.filter(|bytes| sha256(bytes) == hash) else { return Ok(false) };
        let mut sink = |piece: Piece<'_>| -> Result<(), Error> {
            self.model.write(&piece);
            Ok(())
        };
        let is_whole = self.checkpoint.kept_pieces(self.held, stretch, &bytes, &mut sink)?;
        if is_whole {
            let source_bytes = stretch.source.end - stretch.source.start;
            self.now.loaded_bytes += source_bytes;
            self.now.kept_bytes += source_bytes;
            (self.progress)(self.now);
        }
        Ok(is_whole)
    }

    /// Fetches neighbouring stretches, and keeps each once it is whole.
    async fn fetch(&mut self, files: &impl Files, numbers: Range<usize>) -> Result<(), Error> {
        let stretches = &self.stretches[numbers.clone()];
        let index = stretches[0].file;
        let file = &self.checkpoint.files[index];
        let range = stretches[0].source.start..stretches[stretches.len() - 1].source.end;
        let mut stream = self.checkpoint.stream_stretches(self.held, stretches);
        let (mut number, mut kept) = (numbers.start, Vec::new());
        // What comes in one go is held against what its manifest says of the file.
        let mut seal = self.seals.get(index).filter(|_| range == (file.data_start..file.data_end)).cloned();
        let mut push = |bytes: &[u8]| -> Result<(), Error> {
            stream.push(bytes, &mut |piece| -> Result<(), Error> {
                self.model.write(&piece);
                if !self.store.is_open() || self.fault.is_some() {
                    return Ok(());
                }
                piece.push_kept(&mut kept);
                let Range { start, end } = self.stretches[number].kept;
                if kept.len() as u64 == end - start {
                    self.fault = self.store.write(number, start, &kept, &sha256(&kept)).err();
                    kept.clear();
                    number += 1;
                }
                Ok(())
            })?;
            if let Some(seal) = &mut seal {
                seal.hash.update(bytes);
            }
            self.now.loaded_bytes += bytes.len() as u64;
            (self.progress)(self.now);
            Ok(())
        };
        files.stream(&file.name, range, &mut push).await?;
        stream.finish()?;
        let Some(Seal { mut hash, sha256 }) = seal else { return Ok(()) };
        if file.data_end < file.size_bytes {
            hash.update(&files.read(&file.name, file.data_end..file.size_bytes).await?);
        }
        let sound = check_seal(&file.name, &hash.end(), &sha256);
        if sound.is_err() {
            self.store.clear();
        }
        sound
    }
}

/// Each weight file and the bytes of it that hold weights.
pub(crate) fn weight_ranges(checkpoint: &Checkpoint) -> impl Iterator<Item = (usize, Range<u64>)> {
    checkpoint.files.iter().map(|file| file.data_start..file.data_end).enumerate()
}
