//! How far numbers are from what they must be.

use std::fmt;

/// The largest difference of two logit arrays, and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Largest |found - expected| over largest |expected|; infinite where a found value is not finite.
    pub relative: f32,
    /// Row of that difference.
    pub row: usize,
    /// Column of that difference.
    pub id: usize,
}

impl Figure {
    /// Compares two arrays of rows of `vocab_size`.
    ///
    /// # Panics
    /// The arrays have other lengths.
    pub fn of(found: &[f32], expected: &[f32], vocab_size: usize) -> Self {
        assert_eq!(found.len(), expected.len(), "logits found, left; expected, right");
        let scale = largest(expected);
        let mut worst = Self { relative: 0.0, row: 0, id: 0 };
        for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
            let relative = (found - expected).abs() / scale;
            let relative = if relative.is_nan() { f32::INFINITY } else { relative };
            if worst.relative < relative {
                worst = Self { relative, row: i / vocab_size, id: i % vocab_size };
            }
        }
        worst
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2e} of max|logit| (row {}, id {})", self.relative, self.row, self.id)
    }
}

/// Largest magnitude.
pub fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
}
