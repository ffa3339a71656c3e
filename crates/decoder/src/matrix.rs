//! A packed matrix on the GPU, cut between rows where one binding could not hold it.

use checkpoint::Dtype;
use gpu::{Buffer, Device, Usage};
use kernels::WeightType;

use crate::Error;

/// A packed matrix of `rows` by `columns`.
pub(crate) struct Matrix {
    pub(crate) weight: WeightType,
    pub(crate) columns: u32,
    pub(crate) pieces: Vec<Piece>,
    dtype: Dtype,
}

/// Some neighbouring rows of a matrix.
pub(crate) struct Piece {
    pub(crate) first_row: u32,
    pub(crate) rows: u32,
    pub(crate) quants: Buffer,
    pub(crate) scales: Buffer,
}

impl Matrix {
    /// Room for a matrix whose pieces begin at multiples of `stripe` rows.
    pub(crate) async fn allocate(
        device: &Device,
        label: &str,
        [rows, columns]: [u32; 2],
        dtype: Dtype,
        stripe: u32,
    ) -> Result<Self, Error> {
        let limits = device.limits();
        let binding_bytes = limits.binding_bytes.min(limits.buffer_bytes);
        let row_bytes = dtype.quants_bytes_per_row(columns).max(dtype.scales_bytes_per_row(columns)) as u64;
        let stripes = binding_bytes / (row_bytes * u64::from(stripe));
        if stripes == 0 {
            let row_bytes = row_bytes * u64::from(stripe);
            return Err(Error::RowTooLong { matrix: label.to_owned(), row_bytes, binding_bytes });
        }
        let most_rows = (stripes * u64::from(stripe)).min(u64::from(rows)) as u32;
        let mut pieces = Vec::new();
        let mut first_row = 0;
        while first_row < rows {
            let rows = most_rows.min(rows - first_row);
            let bytes = |per_row: usize| u64::from(rows) * per_row as u64;
            let quants =
                device.buffer(label, bytes(dtype.quants_bytes_per_row(columns)), Usage::Storage).await?;
            let scales =
                device.buffer(label, bytes(dtype.scales_bytes_per_row(columns)), Usage::Storage).await?;
            pieces.push(Piece { first_row, rows, quants, scales });
            first_row += rows;
        }
        Ok(Self { weight: weight_type(dtype), columns, pieces, dtype })
    }

    /// Puts packed rows in their place, from `first_row` on.
    pub(crate) fn write(&self, device: &Device, first_row: u32, quants: &[u8], scales: &[u8]) {
        let quants_row = self.dtype.quants_bytes_per_row(self.columns);
        let scales_row = self.dtype.scales_bytes_per_row(self.columns);
        let rows = (quants.len() / quants_row) as u32;
        for piece in &self.pieces {
            let begin = first_row.max(piece.first_row);
            let end = (first_row + rows).min(piece.first_row + piece.rows);
            if begin >= end {
                continue;
            }
            let put = |buffer: &Buffer, bytes: &[u8], row: usize| {
                let there = u64::from(begin - piece.first_row) * row as u64;
                let here = (begin - first_row) as usize * row..(end - first_row) as usize * row;
                device.write(buffer, there, &bytes[here]);
            };
            put(&piece.quants, quants, quants_row);
            if scales_row > 0 {
                put(&piece.scales, scales, scales_row);
            }
        }
    }
}

fn weight_type(dtype: Dtype) -> WeightType {
    match dtype {
        Dtype::F32 => WeightType::F32,
        Dtype::F16 => WeightType::F16,
        Dtype::Bf16 => WeightType::Bf16,
        Dtype::Q8 => WeightType::Q8,
        Dtype::Q4 => WeightType::Q4,
        Dtype::Q4_1 => WeightType::Q4_1,
    }
}

/// The kernels' types of all matrices that `held` names.
pub(crate) fn weight_types(dtypes: &[Dtype]) -> Vec<WeightType> {
    dtypes.iter().copied().map(weight_type).collect()
}
