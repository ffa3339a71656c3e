//! Weights in stretches of a few MB: what is fetched, and kept between visits, as one.

use std::ops::Range;

use crate::piece::{Piece, rows_of_piece};
use crate::{Checkpoint, Dtype, Held, Tensor};

/// Neighbouring pieces of one file: where their rows lie in it, and where what they become is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Which of [`Checkpoint::files`].
    pub file: usize,
    /// The rows' bytes in that file.
    pub source: Range<u64>,
    /// Where the pieces stand among those of all stretches, one after the other.
    pub kept: Range<u64>,
    pub(crate) parts: Vec<Part>,
}

/// Rows of a tensor: whole pieces of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Which of [`Checkpoint::tensors`].
    pub(crate) tensor: usize,
    pub(crate) rows: Range<u32>,
}

impl Checkpoint {
    /// The weights in stretches, in the order of files and bytes; each ends with the piece that brings what is kept of it
    /// to `size_bytes`, or with its file.
    pub fn stretches(&self, held: &Held, size_bytes: u64) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut at = 0;
        for (index, tensor) in self.tensors.iter().enumerate() {
            let dtype = held.of(tensor);
            let row_bytes = tensor.size_bytes / u64::from(tensor.rows);
            let step = rows_of_piece(tensor, dtype, self.config.head_dim);
            for first in (0..tensor.rows).step_by(step as usize) {
                let rows = first..(first + step).min(tensor.rows);
                let end = at + u64::from(rows.end - rows.start) * kept_row_bytes(tensor, dtype);
                let source_end = tensor.offset + u64::from(rows.end) * row_bytes;
                match stretches.last_mut() {
                    Some(last)
                        if last.file == tensor.file && last.kept.end - last.kept.start < size_bytes =>
                    {
                        match last.parts.last_mut() {
                            Some(part) if part.tensor == index => part.rows.end = rows.end,
                            _ => last.parts.push(Part { tensor: index, rows }),
                        }
                        last.source.end = source_end;
                        last.kept.end = end;
                    }
                    _ => stretches.push(Stretch {
                        file: tensor.file,
                        source: tensor.offset + u64::from(first) * row_bytes..source_end,
                        kept: at..end,
                        parts: vec![Part { tensor: index, rows }],
                    }),
                }
                at = end;
            }
        }
        stretches
    }

    /// Hands on the pieces of a stretch that was kept; `false` where `bytes` are not as many as it has.
    pub fn kept_pieces<E>(
        &self,
        held: &Held,
        stretch: &Stretch,
        mut bytes: &[u8],
        sink: &mut dyn FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<bool, E> {
        if bytes.len() as u64 != stretch.kept.end - stretch.kept.start {
            return Ok(false);
        }
        for Part { tensor, rows } in &stretch.parts {
            let tensor = &self.tensors[*tensor];
            let &Tensor { role, layer, columns, .. } = tensor;
            let dtype = held.of(tensor);
            let step = rows_of_piece(tensor, dtype, self.config.head_dim);
            for first_row in rows.clone().step_by(step as usize) {
                let rows = step.min(rows.end - first_row);
                let (piece, rest) = bytes.split_at(rows as usize * kept_row_bytes(tensor, dtype) as usize);
                bytes = rest;
                if role.is_vector() {
                    let values: Vec<f32> =
                        piece.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect();
                    sink(Piece::Vector { role, layer, values: &values })?;
                } else {
                    let (quants, scales) =
                        piece.split_at(rows as usize * dtype.quants_bytes_per_row(columns));
                    sink(Piece::Rows { role, layer, first_row, rows, quants, scales })?;
                }
            }
        }
        Ok(true)
    }
}

fn kept_row_bytes(tensor: &Tensor, dtype: Dtype) -> u64 {
    dtype.bytes_per_row(tensor.columns) as u64
}
