//! Weights on their way through: chunks of any length in, packed rows out, nothing kept but a row or a head.

use std::ops::Range;

use crate::dequantise::dequantise_row;
use crate::piece::{Piece, rows_of_piece};
use crate::quantise::{is_finite_row, quantise_row};
use crate::repack::{decode_row, repack_row};
use crate::stretch::Part;
use crate::{Checkpoint, Dtype, Error, Held, Loss, RowOrder, Stretch, Tensor, WeightFile};

/// The weights of one file, pushed through in order.
pub struct Stream {
    file: String,
    tensors: Vec<(Tensor, Dtype)>,
    /// The tensor that is being read.
    current: usize,
    /// Where in the file the next byte belongs.
    position: u64,
    end: u64,
    head_dim: u32,
    row_order: RowOrder,
    /// A row's bytes that have come so far.
    carry: Vec<u8>,
    batch: Batch,
    rounded: Vec<Rounded>,
}

/// A matrix that was rounded, and what it lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounded {
    /// Its name in the file.
    pub name: String,
    /// What it is held as.
    pub held: Dtype,
    /// What it lost.
    pub loss: Loss,
}

/// Rows packed and not yet handed on.
#[derive(Default)]
struct Batch {
    first_row: u32,
    rows: u32,
    quants: Vec<u8>,
    scales: Vec<u8>,
    values: Vec<f32>,
    /// What the matrix lost so far, where that is measured.
    loss: Option<Loss>,
}

impl Checkpoint {
    /// A stream for the bytes of `files[file]` from its `data_start` on.
    pub fn stream(&self, held: &Held, file: usize) -> Stream {
        let WeightFile { data_start, data_end, .. } = self.files[file];
        let tensors = self.tensors.iter().filter(|tensor| tensor.file == file);
        self.stream_of(held, file, tensors, 0, data_start..data_end)
    }

    /// A stream for the bytes of neighbouring stretches of one file, from the first one's `source` on.
    ///
    /// # Panics
    /// There are none, or they are no neighbours: mistakes of the caller.
    pub fn stream_stretches(&self, held: &Held, stretches: &[Stretch]) -> Stream {
        let (first, last) = (&stretches[0], &stretches[stretches.len() - 1]);
        let Part { tensor, rows } = &first.parts[0];
        let end = last.parts[last.parts.len() - 1].tensor;
        assert_eq!(first.file, last.file, "stretches of one file");
        let tensors = self.tensors[*tensor..=end].iter();
        self.stream_of(held, first.file, tensors, rows.start, first.source.start..last.source.end)
    }

    fn stream_of<'a>(
        &self,
        held: &Held,
        file: usize,
        tensors: impl Iterator<Item = &'a Tensor>,
        first_row: u32,
        range: Range<u64>,
    ) -> Stream {
        Stream {
            file: self.files[file].name.clone(),
            tensors: tensors.map(|tensor| (tensor.clone(), held.of(tensor))).collect(),
            current: 0,
            position: range.start,
            end: range.end,
            head_dim: self.config.head_dim,
            row_order: self.row_order,
            carry: Vec::new(),
            batch: Batch { first_row, ..Batch::default() },
            rounded: Vec::new(),
        }
    }
}

impl Stream {
    /// The same, measuring what matrices lose as they are rounded.
    #[must_use]
    pub fn measured(mut self) -> Self {
        self.batch.loss = Some(Loss::default());
        self
    }

    /// The matrices that are whole by now and were rounded, where that is measured.
    pub fn rounded(&self) -> &[Rounded] {
        &self.rounded
    }

    /// Takes the next bytes of the file and hands what they complete to `sink`.
    ///
    /// # Errors
    /// A weight or a scale is not finite, or the sink's own.
    pub fn push<E: From<Error>>(
        &mut self,
        mut bytes: &[u8],
        sink: &mut dyn FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some((tensor, held)) = self.tensors.get(self.current).filter(|_| self.position < self.end) {
            let gap = tensor.offset.saturating_sub(self.position).min(bytes.len() as u64);
            bytes = &bytes[gap as usize..];
            self.position += gap;
            if bytes.is_empty() {
                return Ok(());
            }
            let row_bytes = (tensor.size_bytes / u64::from(tensor.rows)) as usize;
            let taken = (row_bytes - self.carry.len()).min(bytes.len());
            let (row, rest) = bytes.split_at(taken);
            self.position += taken as u64;
            bytes = rest;
            if taken < row_bytes {
                self.carry.extend_from_slice(row);
            }
            if taken < row_bytes && self.carry.len() < row_bytes {
                return Ok(());
            }
            let whole = if taken == row_bytes { row } else { &self.carry };
            self.batch.add(tensor, *held, whole).map_err(E::from)?;
            self.carry.clear();
            let is_last = self.position == tensor.offset + tensor.size_bytes;
            if is_last || self.batch.rows == rows_of_piece(tensor, *held, self.head_dim) {
                let is_sorted = tensor.role.is_turned() && self.row_order == RowOrder::AdjacentPairs;
                let turned = is_sorted.then_some(self.head_dim as usize);
                self.batch.hand_on(tensor, turned, sink)?;
            }
            if is_last {
                let (name, held) = (&tensor.name, *held);
                let loss = self.batch.loss.as_mut().map(std::mem::take).filter(|loss| loss.whole > 0.0);
                self.rounded.extend(loss.map(|loss| Rounded { name: name.clone(), held, loss }));
                self.current += 1;
            }
        }
        // What stands after the last row is nobody's.
        self.position += bytes.len() as u64;
        Ok(())
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// Bytes are missing.
    pub fn finish(self) -> Result<(), Error> {
        if self.position >= self.end {
            return Ok(());
        }
        Err(Error::Truncated { file: self.file, found_bytes: self.position, expected_bytes: self.end })
    }
}

/// Where row `i` of a head goes: evens to the first half, odds to the second.
pub(crate) fn half_rotated(i: usize, head_dim: usize) -> usize {
    i / 2 + i % 2 * (head_dim / 2)
}

impl Batch {
    /// Packs one row behind those that are there.
    fn add(&mut self, tensor: &Tensor, held: Dtype, row: &[u8]) -> Result<(), Error> {
        let columns = tensor.columns;
        let non_finite = || Error::NonFinite { name: tensor.name.clone(), row: self.first_row + self.rows };
        if tensor.role.is_vector() {
            self.values.resize(columns as usize, 0.0);
            decode_row(tensor.dtype, row, &mut self.values);
            if !self.values.iter().all(|value| value.is_finite()) {
                return Err(non_finite());
            }
            self.rows += 1;
            return Ok(());
        }
        let (q, s) = (self.quants.len(), self.scales.len());
        self.quants.resize(q + held.quants_bytes_per_row(columns), 0);
        self.scales.resize(s + held.scales_bytes_per_row(columns), 0);
        let (quants, scales) = (&mut self.quants[q..], &mut self.scales[s..]);
        if !repack_row(tensor.dtype, held, row, quants, scales) {
            self.values.resize(columns as usize, 0.0);
            decode_row(tensor.dtype, row, &mut self.values);
            if !self.values.iter().all(|value| value.is_finite()) {
                return Err(non_finite());
            }
            quantise_row(held, &self.values, quants, scales);
            if let Some(loss) = &mut self.loss {
                let mut back = vec![0.0; columns as usize];
                dequantise_row(held, quants, scales, &mut back);
                loss.add(&self.values, &back);
            }
        }
        if !is_finite_row(held, quants, scales) {
            return Err(non_finite());
        }
        self.rows += 1;
        Ok(())
    }

    fn hand_on<E>(
        &mut self,
        tensor: &Tensor,
        turned: Option<usize>,
        sink: &mut dyn FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Tensor { role, layer, .. } = *tensor;
        if role.is_vector() {
            if let Some(head_dim) = turned {
                let rows = self.values.len();
                sort(&mut self.values, head_dim, rows);
            }
            sink(Piece::Vector { role, layer, values: &self.values })?;
        } else {
            if let Some(head_dim) = turned {
                sort(&mut self.quants, head_dim, self.rows as usize);
                sort(&mut self.scales, head_dim, self.rows as usize);
            }
            let Self { first_row, rows, .. } = *self;
            let (quants, scales) = (&self.quants, &self.scales);
            sink(Piece::Rows { role, layer, first_row, rows, quants, scales })?;
        }
        self.first_row += self.rows;
        if self.first_row == tensor.rows {
            self.first_row = 0;
        }
        self.rows = 0;
        self.quants.clear();
        self.scales.clear();
        Ok(())
    }
}

/// Sorts `rows` rows into half-rotate order, head by head.
fn sort<T: Copy>(elements: &mut [T], head_dim: usize, rows: usize) {
    let width = elements.len() / rows;
    if width == 0 {
        return;
    }
    for head in elements.chunks_exact_mut(head_dim * width) {
        let before = head.to_vec();
        for (i, row) in before.chunks_exact(width).enumerate() {
            head[half_rotated(i, head_dim) * width..][..width].copy_from_slice(row);
        }
    }
}
