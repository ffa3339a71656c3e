//! A packed matrix in memory: the rows of a checkpoint, sixteen side by side.

use bytemuck::cast_slice;
use checkpoint::{Dtype, dequantise_row};

use crate::Error;
use crate::simd::{Line, ROWS};

/// A matrix (rows, columns) in panels of 16 rows.
///
/// A panel is the rows' words one line after the other: first their scales, then their quants, each as [`Dtype`] lays
/// them out. Whoever multiplies walks through lines as they stand; no byte is added but to fill the last panel.
pub(crate) struct Matrix {
    pub(crate) dtype: Dtype,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    scale_lines: usize,
    quant_lines: usize,
    lines: Vec<Line>,
}

/// Sixteen rows of a matrix.
#[derive(Clone, Copy)]
pub(crate) struct Panel<'a> {
    pub(crate) scales: &'a [Line],
    pub(crate) quants: &'a [Line],
}

impl Matrix {
    /// Room for a matrix, zeroed.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn allocate(dtype: Dtype, rows: u32, columns: u32) -> Result<Self, Error> {
        let (scale_lines, quant_lines) =
            (dtype.scales_bytes_per_row(columns) / 4, dtype.quants_bytes_per_row(columns) / 4);
        let (rows, columns) = (rows as usize, columns as usize);
        let lines = room(rows.div_ceil(ROWS) * (scale_lines + quant_lines))?;
        Ok(Self { dtype, rows, columns, scale_lines, quant_lines, lines })
    }

    /// Bytes it takes.
    pub(crate) fn size_bytes(&self) -> u64 {
        size_of_val(&*self.lines) as u64
    }

    /// How many panels there are.
    pub(crate) fn panels(&self) -> usize {
        self.rows.div_ceil(ROWS)
    }

    /// One of them.
    pub(crate) fn panel(&self, index: usize) -> Panel<'_> {
        let width = self.scale_lines + self.quant_lines;
        let (scales, quants) = self.lines[index * width..][..width].split_at(self.scale_lines);
        Panel { scales, quants }
    }

    /// Puts packed rows in their place, from `first_row` on.
    pub(crate) fn write(&mut self, first_row: u32, rows: u32, quants: &[u8], scales: &[u8]) {
        let width = self.scale_lines + self.quant_lines;
        for i in 0..rows as usize {
            let row = first_row as usize + i;
            let lines = &mut self.lines[row / ROWS * width..][..width];
            let scales = scales[i * self.scale_lines * 4..][..self.scale_lines * 4].as_chunks().0;
            let quants = quants[i * self.quant_lines * 4..][..self.quant_lines * 4].as_chunks().0;
            for (line, word) in lines.iter_mut().zip(scales.iter().chain(quants)) {
                line.0[row % ROWS] = u32::from_le_bytes(*word);
            }
        }
    }

    /// Unpacks a row.
    pub(crate) fn read(&self, row: usize, values: &mut [f32]) {
        let panel = self.panel(row / ROWS);
        let words = |lines: &[Line]| -> Vec<u32> { lines.iter().map(|line| line.0[row % ROWS]).collect() };
        let (quants, scales) = (words(panel.quants), words(panel.scales));
        dequantise_row(self.dtype, cast_slice(&quants), cast_slice(&scales), values);
    }
}

/// Memory for so many elements, zeroed.
///
/// # Errors
/// There is none.
pub(crate) fn room<T: Clone + bytemuck::Zeroable>(count: usize) -> Result<Vec<T>, Error> {
    let mut elements = Vec::new();
    let size_bytes = count.saturating_mul(size_of::<T>());
    elements.try_reserve_exact(count).map_err(|_| Error::OutOfMemory { size_bytes })?;
    elements.resize(count, T::zeroed());
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_written_in_pieces_are_read_back_as_they_were() {
        for dtype in Dtype::ALL {
            let (rows, columns) = (37, 256);
            let [quants, scales] = [dtype.quants_bytes_per_row(columns), dtype.scales_bytes_per_row(columns)];
            let bytes = |width: usize, seed: usize| -> Vec<u8> {
                // No byte that makes a float infinite.
                (0..width * rows).map(|i| ((i * 7 + i / width * 13 + seed) % 59) as u8).collect()
            };
            let (all_quants, all_scales) = (bytes(quants, 3), bytes(scales, 5));
            let mut matrix = Matrix::allocate(dtype, rows as u32, columns).unwrap();
            for (first, end) in [(20, 37), (0, 1), (1, 20)] {
                let part = |bytes: &[u8], width: usize| bytes[first * width..end * width].to_vec();
                let (quants, scales) = (part(&all_quants, quants), part(&all_scales, scales));
                matrix.write(first as u32, (end - first) as u32, &quants, &scales);
            }
            let [mut found, mut expected] = [[0.0; 256]; 2];
            for row in 0..rows {
                matrix.read(row, &mut found);
                let quants = &all_quants[row * quants..][..quants];
                dequantise_row(dtype, quants, &all_scales[row * scales..][..scales], &mut expected);
                assert_eq!(found, expected, "{} row {row}", dtype.name());
            }
        }
    }
}
