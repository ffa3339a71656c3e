//! Numbers to packed rows, each block's scale the one of least weighted error.

use half::{bf16, f16};

use crate::Dtype;
use crate::least_error::{Levels, error, extreme, inverse, scale_of_least_error};
use crate::repack::{join, upper_pairs};

const Q8: Levels = Levels { low: -127.0, high: 127.0 };
const Q6: Levels = Levels { low: -32.0, high: 31.0 };
const Q4: Levels = Levels { low: -8.0, high: 7.0 };

/// Packs a row into its quants and scales.
///
/// # Panics
/// The lengths do not belong together, or no number is rounded to this type: mistakes of the caller.
pub fn quantise_row(dtype: Dtype, values: &[f32], quants: &mut [u8], scales: &mut [u8]) {
    let columns = values.len() as u32;
    assert_eq!(quants.len(), dtype.quants_bytes_per_row(columns), "quants of a row of {columns}");
    assert_eq!(scales.len(), dtype.scales_bytes_per_row(columns), "scales of a row of {columns}");
    let group = dtype.scaled_together();
    let groups = values
        .chunks_exact(group)
        .zip(quants.chunks_exact_mut(group / Dtype::BLOCK * dtype.quants_bytes_per_block()))
        .zip(scales.chunks_exact_mut(dtype.scales_bytes_per_group().max(1)));
    let quantise = match dtype {
        Dtype::F32 => return copy(values, quants, f32::to_le_bytes),
        Dtype::F16 => return copy(values, quants, |v| f16::from_f32(v).to_le_bytes()),
        Dtype::Bf16 => return copy(values, quants, |v| bf16::from_f32(v).to_le_bytes()),
        Dtype::Q8 => q8_block,
        Dtype::Q6K => q6_group,
        Dtype::Q4 => q4_block,
        Dtype::Q4_1 => q4_1_block,
        Dtype::Q5K | Dtype::Q5_0 | Dtype::Q5_1 | Dtype::Q4K => {
            panic!("{} only holds what a file brings", dtype.name())
        }
    };
    for ((values, quants), scales) in groups {
        quantise(values, quants, scales);
    }
}

/// Whether all numbers that others are multiplied by are finite: every element, or every scale and minimum.
pub(crate) fn is_finite_row(dtype: Dtype, quants: &[u8], scales: &[u8]) -> bool {
    match dtype {
        Dtype::F32 => quants.chunks_exact(4).all(|b| b[3] & 0x7F != 0x7F || b[2] & 0x80 == 0),
        Dtype::Bf16 => quants.chunks_exact(2).all(|b| b[1] & 0x7F != 0x7F || b[0] & 0x80 == 0),
        Dtype::F16 => quants.chunks_exact(2).all(|b| b[1] & 0x7C != 0x7C),
        Dtype::Q8 | Dtype::Q6K | Dtype::Q5_0 | Dtype::Q4 => halves_are_finite(dtype, scales, 1),
        Dtype::Q5K | Dtype::Q5_1 | Dtype::Q4K | Dtype::Q4_1 => halves_are_finite(dtype, scales, 2),
    }
}

/// Whether the first `count` f16 of every group are finite.
fn halves_are_finite(dtype: Dtype, scales: &[u8], count: usize) -> bool {
    let mut groups = scales.chunks_exact(dtype.scales_bytes_per_group());
    groups.all(|group| group[..2 * count].chunks_exact(2).all(|half| half[1] & 0x7C != 0x7C))
}

fn copy<const N: usize>(values: &[f32], out: &mut [u8], bytes: impl Fn(f32) -> [u8; N]) {
    for (v, out) in values.iter().zip(out.chunks_exact_mut(N)) {
        out.copy_from_slice(&bytes(*v));
    }
}

fn q8_block(values: &[f32], quants: &mut [u8], scales: &mut [u8]) {
    // 254 steps: what a search could win is less than the rounding of the scale.
    let largest = values.iter().fold(0.0_f32, |largest, v| largest.max(v.abs()));
    let scale = f16::from_f32(largest / 127.0);
    scales.copy_from_slice(&scale.to_le_bytes());
    let inverse = inverse(scale.to_f32());
    for (q, v) in quants.iter_mut().zip(values) {
        *q = Q8.nearest(v * inverse) as i8 as u8;
    }
}

fn q4_block(values: &[f32], quants: &mut [u8], scales: &mut [u8]) {
    // GGUF's own rounding gives the value of largest magnitude the level -8; it stays where no other scale is better.
    let plain = f16::from_f32(extreme(values) / -8.0);
    let searched = f16::from_f32(scale_of_least_error(values, Q4));
    let is_better = error(values, searched.to_f32(), Q4) < error(values, plain.to_f32(), Q4);
    let scale = if is_better { searched } else { plain };
    scales.copy_from_slice(&scale.to_le_bytes());
    let inverse = inverse(scale.to_f32());
    join(quants, |i| (Q4.nearest(values[i] * inverse) + 8.0) as u8);
}

fn q4_1_block(values: &[f32], quants: &mut [u8], scales: &mut [u8]) {
    let minimum = values.iter().copied().fold(f32::INFINITY, f32::min);
    let maximum = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scale = (maximum - minimum) / 15.0;
    let inverse = inverse(scale);
    scales[..2].copy_from_slice(&f16::from_f32(scale).to_le_bytes());
    scales[2..].copy_from_slice(&f16::from_f32(minimum).to_le_bytes());
    join(quants, |i| (((values[i] - minimum) * inverse + 0.5) as i8).clamp(0, 15) as u8);
}

/// 256 elements: a scale for each 16, in steps of one f16.
fn q6_group(values: &[f32], quants: &mut [u8], scales: &mut [u8]) {
    let wanted: Vec<f32> = values.chunks_exact(16).map(|part| scale_of_least_error(part, Q6)).collect();
    // The scale of largest magnitude takes -128, which has no counterpart above.
    let d = f16::from_f32(extreme(&wanted) / -128.0);
    let step = d.to_f32();
    scales[..2].copy_from_slice(&d.to_le_bytes());
    scales[2..4].fill(0);
    let mut levels = [0_u8; 256];
    for (b, (part, wanted)) in values.chunks_exact(16).zip(wanted).enumerate() {
        let nearest = (wanted * inverse(step)).round_ties_even();
        let scale = [nearest, nearest - 1.0, nearest + 1.0]
            .map(|scale| scale.clamp(-128.0, 127.0))
            .into_iter()
            .min_by(|a, b| error(part, step * a, Q6).total_cmp(&error(part, step * b, Q6)))
            .unwrap_or(nearest);
        scales[4 + b] = scale as i8 as u8;
        let inverse = inverse(step * scale);
        for (level, value) in levels[16 * b..].iter_mut().zip(part) {
            *level = (Q6.nearest(value * inverse) + 32.0) as u8;
        }
    }
    for (b, levels) in levels.chunks_exact(32).enumerate() {
        join(&mut quants[16 * b..][..16], |i| levels[i] & 15);
        scales[20 + 8 * b..][..4].copy_from_slice(&upper_pairs(|i| levels[i] >> 4));
        scales[24 + 8 * b..][..4].copy_from_slice(&upper_pairs(|i| levels[i + 16] >> 4));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dequantise::dequantise_row;

    fn noise(len: usize) -> Vec<f32> {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..len).map(next).collect()
    }

    fn there_and_back(dtype: Dtype, values: &[f32]) -> Vec<f32> {
        let columns = values.len() as u32;
        let mut quants = vec![0; dtype.quants_bytes_per_row(columns)];
        let mut scales = vec![0; dtype.scales_bytes_per_row(columns)];
        quantise_row(dtype, values, &mut quants, &mut scales);
        assert!(is_finite_row(dtype, &quants, &scales));
        let mut back = vec![0.0; values.len()];
        dequantise_row(dtype, &quants, &scales, &mut back);
        back
    }

    #[test]
    fn a_row_comes_back_within_half_a_step_of_its_type() {
        // The largest of a block is at most 1: a step is 2/16 for q4 (the far end loses one more half), 2/15 and so on.
        let steps = [
            (Dtype::F32, 0.0),
            (Dtype::F16, 5e-4),
            (Dtype::Bf16, 4e-3),
            (Dtype::Q8, 4.5e-3),
            (Dtype::Q6K, 0.034),
            (Dtype::Q4, 0.13),
            (Dtype::Q4_1, 0.07),
        ];
        let values = noise(256);
        for (dtype, most) in steps {
            for (a, b) in values.iter().zip(there_and_back(dtype, &values)) {
                assert!((a - b).abs() <= most, "{}: {a} {b}", dtype.name());
            }
        }
    }

    #[test]
    fn what_lies_on_the_grid_comes_back_exactly() {
        let values: Vec<f32> = (0..64).map(|i| (i % 16 - 8) as f32 * 0.25).collect();
        assert_eq!(there_and_back(Dtype::Q4, &values), values);
        assert_eq!(there_and_back(Dtype::Q4_1, &values), values);
        assert_eq!(there_and_back(Dtype::Q8, &[0.0; 32]), [0.0; 32]);
    }

    #[test]
    fn numbers_that_are_none_are_seen() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut values = vec![1.0; 32];
            values[7] = bad;
            for dtype in [Dtype::F32, Dtype::F16, Dtype::Bf16] {
                let mut quants = vec![0; dtype.quants_bytes_per_row(32)];
                quantise_row(dtype, &values, &mut quants, &mut []);
                assert!(!is_finite_row(dtype, &quants, &[]), "{} {bad}", dtype.name());
            }
        }
        assert!(is_finite_row(Dtype::F32, &f32::MAX.to_le_bytes(), &[]));
        assert!(!is_finite_row(Dtype::Q8, &[], &[0x00, 0x7C]));
    }
}
