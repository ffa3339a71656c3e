//! Rows of numbers to and from the packed layout of [`Dtype`], and from the layouts of files.
//!
//! Quantising follows GGUF's reference rounding, so that our q8 and q4 are its Q8_0 and Q4_0 bit for bit.
//! Source: `quantize_row_q8_0_ref` and `quantize_row_q4_0_ref` of ggml.

use half::{bf16, f16};

use crate::{Dtype, FileDtype};

/// Packs a row of `columns` values, a multiple of 32, into its quants and scales.
///
/// # Panics
/// The lengths do not belong together: a mistake of the caller.
pub fn quantise_row(dtype: Dtype, values: &[f32], quants: &mut [u8], scales: &mut [u8]) {
    let columns = values.len() as u32;
    assert_eq!(quants.len(), dtype.quants_bytes_per_row(columns), "quants of a row of {columns}");
    assert_eq!(scales.len(), dtype.scales_bytes_per_row(columns), "scales of a row of {columns}");
    let blocks = values.chunks_exact(Dtype::BLOCK);
    match dtype {
        Dtype::F32 => copy(values, quants, f32::to_le_bytes),
        Dtype::F16 => copy(values, quants, |v| f16::from_f32(v).to_le_bytes()),
        Dtype::Bf16 => copy(values, quants, |v| bf16::from_f32(v).to_le_bytes()),
        Dtype::Q8 => {
            for ((block, q), s) in blocks.zip(quants.chunks_exact_mut(32)).zip(scales.chunks_exact_mut(2)) {
                s.copy_from_slice(&q8_block(block, q).to_le_bytes());
            }
        }
        Dtype::Q4 => {
            for ((block, q), s) in blocks.zip(quants.chunks_exact_mut(16)).zip(scales.chunks_exact_mut(2)) {
                s.copy_from_slice(&q4_block(block, q).to_le_bytes());
            }
        }
        Dtype::Q4_1 => {
            for ((block, q), s) in blocks.zip(quants.chunks_exact_mut(16)).zip(scales.chunks_exact_mut(4)) {
                let [scale, minimum] = q4_1_block(block, q);
                s[..2].copy_from_slice(&scale.to_le_bytes());
                s[2..].copy_from_slice(&minimum.to_le_bytes());
            }
        }
    }
}

/// Unpacks a row.
///
/// # Panics
/// The lengths do not belong together: a mistake of the caller.
pub fn dequantise_row(dtype: Dtype, quants: &[u8], scales: &[u8], values: &mut [f32]) {
    assert_eq!(quants.len(), dtype.quants_bytes_per_row(values.len() as u32), "quants of a row");
    match dtype {
        Dtype::F32 => decode_row(FileDtype::F32, quants, values),
        Dtype::F16 => decode_row(FileDtype::F16, quants, values),
        Dtype::Bf16 => decode_row(FileDtype::Bf16, quants, values),
        Dtype::Q8 | Dtype::Q4 | Dtype::Q4_1 => {
            let (block, scale) = (dtype.quants_bytes_per_block(), dtype.scale_bytes_per_block());
            let blocks = values.chunks_exact_mut(Dtype::BLOCK);
            for ((values, q), s) in blocks.zip(quants.chunks_exact(block)).zip(scales.chunks_exact(scale)) {
                dequantise_block(dtype, q, s, values);
            }
        }
    }
}

/// The values of a row as a file stores it.
pub(crate) fn decode_row(dtype: FileDtype, bytes: &[u8], values: &mut [f32]) {
    match dtype {
        FileDtype::F32 => {
            for (v, b) in values.iter_mut().zip(bytes.chunks_exact(4)) {
                *v = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            }
        }
        FileDtype::F16 => {
            for (v, b) in values.iter_mut().zip(bytes.chunks_exact(2)) {
                *v = f16::from_le_bytes([b[0], b[1]]).to_f32();
            }
        }
        FileDtype::Bf16 => {
            for (v, b) in values.iter_mut().zip(bytes.chunks_exact(2)) {
                *v = bf16::from_le_bytes([b[0], b[1]]).to_f32();
            }
        }
        FileDtype::Q8_0 | FileDtype::Q4_0 | FileDtype::Q4_1 => {
            let (held, scale) = (dtype.held(), dtype.held().scale_bytes_per_block());
            let blocks = bytes.chunks_exact(dtype.bytes_per_block() as usize);
            for (values, block) in values.chunks_exact_mut(Dtype::BLOCK).zip(blocks) {
                dequantise_block(held, &block[scale..], &block[..scale], values);
            }
        }
    }
}

/// Packs a row of a file's own blocks without a change of value; `false` where `held` has no room for it.
pub(crate) fn repack_row(
    dtype: FileDtype,
    held: Dtype,
    bytes: &[u8],
    quants: &mut [u8],
    scales: &mut [u8],
) -> bool {
    let own = dtype.held();
    if !own.is_quantised() {
        if own == held {
            quants.copy_from_slice(bytes);
        }
        return own == held;
    }
    if !holds(held, own) {
        return false;
    }
    let (q, s) = (own.quants_bytes_per_block(), own.scale_bytes_per_block());
    let (held_q, held_s) = (held.quants_bytes_per_block(), held.scale_bytes_per_block());
    let out = quants.chunks_exact_mut(held_q).zip(scales.chunks_exact_mut(held_s));
    for (block, (quants, scales)) in bytes.chunks_exact(q + s).zip(out) {
        let (scale, block) = block.split_at(s);
        scales[..s].copy_from_slice(scale);
        match (own, held) {
            (Dtype::Q4, Dtype::Q8) => widen(block, quants),
            (Dtype::Q4, Dtype::Q4_1) => {
                // scale * (q - 8) = scale * q + minimum; eight times a half is a half.
                let minimum = f16::from_f32(-8.0 * f16::from_le_bytes([scale[0], scale[1]]).to_f32());
                scales[s..].copy_from_slice(&minimum.to_le_bytes());
                quants.copy_from_slice(block);
            }
            _ => quants.copy_from_slice(block),
        }
    }
    true
}

/// Whether blocks of `own` can be written as blocks of `held` without a change of value.
pub(crate) fn holds(held: Dtype, own: Dtype) -> bool {
    held == own || matches!((own, held), (Dtype::Q4, Dtype::Q8 | Dtype::Q4_1))
}

/// Levels 0 to 15 around 8 as signed bytes.
fn widen(nibbles: &[u8], bytes: &mut [u8]) {
    let (low, high) = bytes.split_at_mut(16);
    for ((low, high), q) in low.iter_mut().zip(high).zip(nibbles) {
        *low = (q & 15).wrapping_sub(8);
        *high = (q >> 4).wrapping_sub(8);
    }
}

/// Whether all numbers that others are multiplied by are finite: every element, or every scale and minimum.
pub(crate) fn is_finite_row(dtype: Dtype, quants: &[u8], scales: &[u8]) -> bool {
    match dtype {
        Dtype::F32 => quants.chunks_exact(4).all(|b| b[3] & 0x7F != 0x7F || b[2] & 0x80 == 0),
        Dtype::Bf16 => quants.chunks_exact(2).all(|b| b[1] & 0x7F != 0x7F || b[0] & 0x80 == 0),
        Dtype::F16 => quants.chunks_exact(2).all(|b| b[1] & 0x7C != 0x7C),
        Dtype::Q8 | Dtype::Q4 | Dtype::Q4_1 => scales.chunks_exact(2).all(|b| b[1] & 0x7C != 0x7C),
    }
}

fn copy<const N: usize>(values: &[f32], out: &mut [u8], bytes: impl Fn(f32) -> [u8; N]) {
    for (v, out) in values.iter().zip(out.chunks_exact_mut(N)) {
        out.copy_from_slice(&bytes(*v));
    }
}

fn q8_block(values: &[f32], quants: &mut [u8]) -> f16 {
    let largest = values.iter().fold(0.0_f32, |largest, v| largest.max(v.abs()));
    let scale = largest / 127.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    for (q, v) in quants.iter_mut().zip(values) {
        *q = (v * inverse).round() as i8 as u8;
    }
    f16::from_f32(scale)
}

fn q4_block(values: &[f32], quants: &mut [u8]) -> f16 {
    // The value of largest magnitude takes the level -8, which has no counterpart above.
    let largest =
        values.iter().fold(0.0_f32, |largest, v| if v.abs() > largest.abs() { *v } else { largest });
    let scale = largest / -8.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    let level = |v: f32| ((v * inverse + 8.5) as i8).clamp(0, 15) as u8;
    for (i, q) in quants.iter_mut().enumerate() {
        *q = level(values[i]) | level(values[i + 16]) << 4;
    }
    f16::from_f32(scale)
}

fn q4_1_block(values: &[f32], quants: &mut [u8]) -> [f16; 2] {
    let minimum = values.iter().copied().fold(f32::INFINITY, f32::min);
    let maximum = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scale = (maximum - minimum) / 15.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    let level = |v: f32| (((v - minimum) * inverse + 0.5) as i8).clamp(0, 15) as u8;
    for (i, q) in quants.iter_mut().enumerate() {
        *q = level(values[i]) | level(values[i + 16]) << 4;
    }
    [f16::from_f32(scale), f16::from_f32(minimum)]
}

fn dequantise_block(dtype: Dtype, quants: &[u8], scales: &[u8], values: &mut [f32]) {
    let scale = f16::from_le_bytes([scales[0], scales[1]]).to_f32();
    let (low, high) = values.split_at_mut(16);
    match dtype {
        Dtype::Q8 => {
            for (v, q) in low.iter_mut().chain(high).zip(quants) {
                *v = scale * f32::from(*q as i8);
            }
        }
        Dtype::Q4 => {
            for ((low, high), q) in low.iter_mut().zip(high).zip(quants) {
                *low = scale * (f32::from(q & 15) - 8.0);
                *high = scale * (f32::from(q >> 4) - 8.0);
            }
        }
        _ => {
            let minimum = f16::from_le_bytes([scales[2], scales[3]]).to_f32();
            for ((low, high), q) in low.iter_mut().zip(high).zip(quants) {
                *low = scale * f32::from(q & 15) + minimum;
                *high = scale * f32::from(q >> 4) + minimum;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (Dtype::Q4, 0.13),
            (Dtype::Q4_1, 0.07),
        ];
        let values = noise(96);
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
    fn blocks_of_4_bits_are_held_wider_without_a_change() {
        let values = noise(64);
        let (mut quants, mut scales) = (vec![0; 32], vec![0; 4]);
        quantise_row(Dtype::Q4, &values, &mut quants, &mut scales);
        let mut file: Vec<u8> = Vec::new();
        for (scale, quants) in scales.chunks(2).zip(quants.chunks(16)) {
            file.extend_from_slice(scale);
            file.extend_from_slice(quants);
        }
        let mut own = vec![0.0; 64];
        decode_row(FileDtype::Q4_0, &file, &mut own);
        for held in [Dtype::Q4, Dtype::Q8, Dtype::Q4_1] {
            let mut quants = vec![0; held.quants_bytes_per_row(64)];
            let mut scales = vec![0; held.scales_bytes_per_row(64)];
            assert!(repack_row(FileDtype::Q4_0, held, &file, &mut quants, &mut scales));
            let mut wider = vec![0.0; 64];
            dequantise_row(held, &quants, &scales, &mut wider);
            assert_eq!(wider, own, "{}", held.name());
        }
        assert!(!repack_row(FileDtype::Q4_0, Dtype::F16, &file, &mut quants, &mut scales));
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
