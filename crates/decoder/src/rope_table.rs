//! Cosines and sines of every position and frequency, computed where they are exact.
//!
//! Angles reach 32,767 radians, far outside the range in which WGSL promises anything of `sin` and `cos`. The table
//! follows transformers: the angle is an f32 product, and only then is its sine taken, here in f64.

/// Rows `first..end` of the table, (positions, D/2) pairs of (cos, sin).
///
/// Source: `Llama4TextRotaryEmbedding` and `LlamaRotaryEmbedding` of transformers.
pub(crate) fn rows(inv_freq: &[f32], first: u32, end: u32) -> Vec<[f32; 2]> {
    let row = |position: u32| {
        inv_freq.iter().map(move |frequency| {
            let angle = f64::from(position as f32 * frequency);
            [angle.cos() as f32, angle.sin() as f32]
        })
    };
    (first..end).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_zero_turns_nothing() {
        assert_eq!(rows(&[1.0, 0.5], 0, 1), [[1.0, 0.0], [1.0, 0.0]]);
    }

    #[test]
    fn a_late_row_is_the_same_alone_and_in_a_long_table() {
        let inv_freq = [1.0, 0.608_525_04, 0.000_353_553_36];
        let table = rows(&inv_freq, 0, 777);
        assert_eq!(rows(&inv_freq, 776, 777), table[776 * 3..]);
        let angle = f64::from(776.0_f32 * 0.608_525_04_f32);
        assert_eq!(table[776 * 3 + 1], [angle.cos() as f32, angle.sin() as f32]);
    }
}
