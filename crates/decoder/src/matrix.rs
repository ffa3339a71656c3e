//! A packed matrix on the GPU, cut between rows where one binding could not hold it or where its type changes.

use checkpoint::Dtype;
use gpu::{Buffer, Device, Usage};
use kernels::{Shape, WeightType};

use crate::Error;

/// A packed matrix.
pub(crate) struct Matrix {
    pub(crate) columns: u32,
    pub(crate) pieces: Vec<Piece>,
}

/// Some neighbouring rows of a matrix, all of one type.
pub(crate) struct Piece {
    pub(crate) first_row: u32,
    pub(crate) rows: u32,
    pub(crate) quants: Buffer,
    pub(crate) scales: Buffer,
    pub(crate) dtype: Dtype,
}

impl Matrix {
    /// Room for a matrix of these sections, (rows, type), one below the other; each is cut at multiples of `stripe`
    /// rows.
    pub(crate) async fn allocate(
        device: &Device,
        label: &str,
        columns: u32,
        sections: &[(u32, Dtype)],
        stripe: u32,
    ) -> Result<Self, Error> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut first_row = 0;
        for section in sections.chunk_by(|(_, above), (_, below)| above == below) {
            let (rows, dtype) = (section.iter().map(|(rows, _)| rows).sum::<u32>(), section[0].1);
            let most_rows = most_rows(device, label, columns, dtype, stripe)?;
            let end = first_row + rows;
            while first_row < end {
                let rows = most_rows.min(end - first_row);
                let room = async |row_bytes: usize| {
                    device.buffer(label, u64::from(rows) * row_bytes as u64, Usage::Storage).await
                };
                let quants = room(dtype.quants_bytes_per_row(columns)).await?;
                let scales = room(dtype.scales_bytes_per_row(columns)).await?;
                pieces.push(Piece { first_row, rows, quants, scales, dtype });
                first_row += rows;
            }
        }
        Ok(Self { columns, pieces })
    }

    /// Rows of all pieces.
    pub(crate) fn rows(&self) -> u32 {
        self.pieces.iter().map(|piece| piece.rows).sum()
    }

    /// Bytes of all pieces.
    pub(crate) fn size_bytes(&self) -> u64 {
        let bytes = |piece: &Piece| u64::from(piece.rows) * piece.dtype.bytes_per_row(self.columns) as u64;
        self.pieces.iter().map(bytes).sum()
    }

    /// Puts packed rows in their place, from `first_row` on.
    pub(crate) fn write(&self, device: &Device, first_row: u32, rows: u32, quants: &[u8], scales: &[u8]) {
        for piece in &self.pieces {
            let begin = first_row.max(piece.first_row);
            let end = (first_row + rows).min(piece.first_row + piece.rows);
            if begin >= end {
                continue;
            }
            let put = |buffer: &Buffer, bytes: &[u8]| {
                let row = bytes.len() / rows as usize;
                let there = u64::from(begin - piece.first_row) * row as u64;
                let here = (begin - first_row) as usize * row..(end - first_row) as usize * row;
                if row > 0 {
                    device.write(buffer, there, &bytes[here]);
                }
            };
            put(&piece.quants, quants);
            put(&piece.scales, scales);
        }
    }
}

impl Piece {
    /// As kernels see it, with rows of so many columns.
    pub(crate) fn shape(&self, columns: u32) -> Shape {
        Shape { weight: weight_type(self.dtype), rows: self.rows, blocks: columns / 32 }
    }
}

/// Rows that one binding holds: whole stripes.
fn most_rows(device: &Device, label: &str, columns: u32, dtype: Dtype, stripe: u32) -> Result<u32, Error> {
    let limits = device.limits();
    let binding_bytes = limits.binding_bytes.min(limits.buffer_bytes);
    let row_bytes = dtype.quants_bytes_per_row(columns).max(dtype.scales_bytes_per_row(columns)) as u64;
    match u32::try_from(binding_bytes / (row_bytes * u64::from(stripe))).unwrap_or(u32::MAX) {
        0 => {
            let row_bytes = row_bytes * u64::from(stripe);
            Err(Error::RowTooLong { matrix: label.to_owned(), row_bytes, binding_bytes })
        }
        stripes => Ok(stripes.saturating_mul(stripe)),
    }
}

fn weight_type(dtype: Dtype) -> WeightType {
    match dtype {
        Dtype::F32 => WeightType::F32,
        Dtype::F16 => WeightType::F16,
        Dtype::Bf16 => WeightType::Bf16,
        Dtype::Q8 => WeightType::Q8,
        Dtype::Q6K => WeightType::Q6K,
        Dtype::Q5K => WeightType::Q5K,
        Dtype::Q5_0 => WeightType::Q5_0,
        Dtype::Q5_1 => WeightType::Q5_1,
        Dtype::Q4K => WeightType::Q4K,
        Dtype::Q4 => WeightType::Q4,
        Dtype::Q4_1 => WeightType::Q4_1,
    }
}

/// The kernels' types of all matrices that `held` names.
pub(crate) fn weight_types(dtypes: &[Dtype]) -> Vec<WeightType> {
    dtypes.iter().copied().map(weight_type).collect()
}
