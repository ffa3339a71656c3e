//! A file's own blocks to packed rows: no value changes on the way.
//!
//! Source: `ggml-common.h` and the `dequantize_row_*` of ggml for the layouts of blocks.

use half::f16;

use crate::dequantise::dequantise_row;
use crate::{Dtype, FileDtype};

/// The values of a row as a file stores it.
///
/// # Panics
/// The lengths do not belong together: a mistake of the caller.
pub fn decode_row(dtype: FileDtype, bytes: &[u8], values: &mut [f32]) {
    let (own, block) = (dtype.held(), dtype.block_elements());
    assert_eq!(
        bytes.len(),
        values.len() / block * dtype.bytes_per_block(),
        "bytes of {} values",
        values.len()
    );
    if !own.is_quantised() {
        return dequantise_row(own, bytes, &[], values);
    }
    let mut quants = vec![0; own.quants_bytes_per_row(block as u32)];
    let mut scales = vec![0; own.scales_bytes_per_row(block as u32)];
    for (bytes, values) in bytes.chunks_exact(dtype.bytes_per_block()).zip(values.chunks_exact_mut(block)) {
        repack_block(dtype, own, bytes, &mut quants, &mut scales);
        dequantise_row(own, &quants, &scales, values);
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
    let block = dtype.block_elements();
    let quants = quants.chunks_exact_mut(block / Dtype::BLOCK * held.quants_bytes_per_block());
    let scales = scales.chunks_exact_mut(block / held.scaled_together() * held.scales_bytes_per_group());
    for ((bytes, quants), scales) in bytes.chunks_exact(dtype.bytes_per_block()).zip(quants).zip(scales) {
        repack_block(dtype, held, bytes, quants, scales);
    }
    true
}

/// Whether blocks of `own` can be written as blocks of `held` without a change of value.
pub(crate) fn holds(held: Dtype, own: Dtype) -> bool {
    held == own || matches!((own, held), (Dtype::Q4, Dtype::Q8 | Dtype::Q4_1))
}

fn repack_block(dtype: FileDtype, held: Dtype, bytes: &[u8], quants: &mut [u8], scales: &mut [u8]) {
    match (dtype, held) {
        (FileDtype::Q4_0, Dtype::Q8) => {
            scales[..2].copy_from_slice(&bytes[..2]);
            widen(&bytes[2..], quants);
        }
        (FileDtype::Q4_0, Dtype::Q4_1) => {
            // scale * (q - 8) = scale * q + minimum; eight times a half is a half.
            let minimum = f16::from_f32(-8.0 * f16::from_le_bytes([bytes[0], bytes[1]]).to_f32());
            scales[..2].copy_from_slice(&bytes[..2]);
            scales[2..].copy_from_slice(&minimum.to_le_bytes());
            quants.copy_from_slice(&bytes[2..]);
        }
        (FileDtype::Q8_0 | FileDtype::Q4_0 | FileDtype::Q4_1, _) => {
            let (scale, block) = bytes.split_at(held.scales_bytes_per_group());
            scales[..scale.len()].copy_from_slice(scale);
            quants.copy_from_slice(block);
        }
        (FileDtype::Q5_0, _) => {
            scales[..2].copy_from_slice(&bytes[..2]);
            scales[2..4].fill(0);
            scales[4..8].copy_from_slice(&fifth_bits(|i| bytes[2 + i / 8] >> (i % 8)));
            quants.copy_from_slice(&bytes[6..]);
        }
        (FileDtype::Q5_1, _) => {
            scales[..4].copy_from_slice(&bytes[..4]);
            scales[4..8].copy_from_slice(&fifth_bits(|i| bytes[4 + i / 8] >> (i % 8)));
            quants.copy_from_slice(&bytes[8..]);
        }
        (FileDtype::Q6K, _) => repack_q6_k(bytes, quants, scales),
        _ => repack_q4_k(bytes, quants, scales),
    }
}

/// `Q4_K`: d, dmin, 12 bytes of scales, 128 of nibbles; `Q5_K` has 32 bytes of fifth bits before the nibbles.
fn repack_q4_k(bytes: &[u8], quants: &mut [u8], scales: &mut [u8]) {
    let (head, nibbles) = bytes.split_at(bytes.len() - 128);
    scales[..4].copy_from_slice(&head[..4]);
    let fifths = &head[16..];
    for (b, quants) in quants.chunks_exact_mut(16).enumerate() {
        scales[4 + 2 * b..][..2].copy_from_slice(&scale_and_minimum(&head[4..16], b));
        // Two blocks share 32 bytes: the first their low nibbles, the second their high ones.
        let level = |i: usize| nibbles[b / 2 * 32 + i] >> (b % 2 * 4) & 15;
        join(quants, level);
        if !fifths.is_empty() {
            scales[20 + 4 * b..][..4].copy_from_slice(&fifth_bits(|i| fifths[i] >> b));
        }
    }
}

/// `Q6_K`: 128 bytes of nibbles, 64 of upper bits, 16 scales, d.
fn repack_q6_k(bytes: &[u8], quants: &mut [u8], scales: &mut [u8]) {
    let (nibbles, rest) = bytes.split_at(128);
    let (upper, rest) = rest.split_at(64);
    scales[..2].copy_from_slice(&rest[16..]);
    scales[2..4].fill(0);
    scales[4..20].copy_from_slice(&rest[..16]);
    for (b, quants) in quants.chunks_exact_mut(16).enumerate() {
        // Four blocks share 64 bytes of nibbles, low ones before high ones, and 32 bytes of upper bits.
        let (four, quarter) = (b / 4, b % 4);
        join(quants, |i| nibbles[four * 64 + quarter % 2 * 32 + i] >> (quarter / 2 * 4) & 15);
        let pair = |i: usize| upper[four * 32 + i] >> (quarter * 2);
        scales[20 + 8 * b..][..4].copy_from_slice(&upper_pairs(pair));
        scales[24 + 8 * b..][..4].copy_from_slice(&upper_pairs(|i| pair(i + 16)));
    }
}

/// The 6-bit scale and minimum of block `b` of eight, out of their 12 bytes.
fn scale_and_minimum(bytes: &[u8], b: usize) -> [u8; 2] {
    if b < 4 {
        return [bytes[b] & 63, bytes[b + 4] & 63];
    }
    [bytes[b + 4] & 15 | bytes[b - 4] >> 6 << 4, bytes[b + 4] >> 4 | bytes[b] >> 6 << 4]
}

/// Levels 0 to 15 as nibbles: element i low, element i + 16 high.
pub(crate) fn join(quants: &mut [u8], level: impl Fn(usize) -> u8) {
    for (i, byte) in quants.iter_mut().enumerate() {
        *byte = level(i) | level(i + 16) << 4;
    }
}

/// Levels 0 to 15 around 8 as signed bytes.
fn widen(nibbles: &[u8], bytes: &mut [u8]) {
    let (low, high) = bytes.split_at_mut(16);
    for ((low, high), q) in low.iter_mut().zip(high).zip(nibbles) {
        *low = (q & 15).wrapping_sub(8);
        *high = (q >> 4).wrapping_sub(8);
    }
}

/// The lowest bits of what `bit` gives for 32 elements, as [`Dtype`] has them.
pub(crate) fn fifth_bits(bit: impl Fn(usize) -> u8) -> [u8; 4] {
    (0..32).fold(0_u32, |word, i| word | u32::from(bit(i) & 1) << (8 * (i % 4) + i / 4)).to_le_bytes()
}

/// The two lowest bits of what `pair` gives for 16 elements, as [`Dtype`] has them.
pub(crate) fn upper_pairs(pair: impl Fn(usize) -> u8) -> [u8; 4] {
    (0..16).fold(0_u32, |word, i| word | u32::from(pair(i) & 3) << (8 * (i % 4) + i / 4 * 2)).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantise::quantise_row;

    #[test]
    fn blocks_of_4_bits_are_held_wider_without_a_change() {
        let values: Vec<f32> = (0..64).map(|i| ((i * 37) % 64) as f32 / 50.0 - 0.6).collect();
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
}
