//! What a matrix loses by how it is held.

use crate::Dtype;

/// What a matrix lost when its numbers were rounded: the weighted error that each block's scale is searched for.
///
/// An element counts by its square and the mean square of its block of 32.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loss {
    /// Of the squares of what was lost, by weight.
    pub error: f64,
    /// Of the squares of what was there, by weight.
    pub whole: f64,
}

impl Loss {
    /// The error as a share of what was there: 0 is none.
    pub fn relative(&self) -> f64 {
        if self.whole == 0.0 { 0.0 } else { (self.error / self.whole).sqrt() }
    }

    /// Counts in a row and what became of it.
    pub(crate) fn add(&mut self, row: &[f32], held: &[f32]) {
        for (block, held) in row.chunks(Dtype::BLOCK).zip(held.chunks(Dtype::BLOCK)) {
            let square = |value: &f32| f64::from(*value) * f64::from(*value);
            let mean = block.iter().map(square).sum::<f64>() / block.len() as f64;
            for (value, held) in block.iter().zip(held) {
                let weight = mean + square(value);
                self.error += weight * square(&(value - held));
                self.whole += weight * square(value);
            }
        }
    }
}
