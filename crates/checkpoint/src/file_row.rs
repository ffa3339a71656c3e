//! Packed rows to a file's own blocks: the way back from `repack`, and as lossless.

use crate::dequantise::fifth_bit;
use crate::{Dtype, FileDtype};

/// Appends the bytes of a row as a file stores it in [`FileDtype::of`] its type.
pub(crate) fn push_file_row(held: Dtype, quants: &[u8], scales: &[u8], bytes: &mut Vec<u8>) {
    if !held.is_quantised() {
        return bytes.extend_from_slice(quants);
    }
    let blocks = held.scaled_together() / Dtype::BLOCK;
    let quants = quants.chunks_exact(blocks * held.quants_bytes_per_block());
    for (quants, scales) in quants.zip(scales.chunks_exact(held.scales_bytes_per_group())) {
        let start = bytes.len();
        match held {
            Dtype::Q6K => push_q6_k(quants, scales, bytes),
            Dtype::Q4K | Dtype::Q5K => push_q4_k(quants, scales, bytes),
            Dtype::Q5_0 | Dtype::Q5_1 => {
                let halves = if held == Dtype::Q5_0 { 2 } else { 4 };
                bytes.extend_from_slice(&scales[..halves]);
                bytes.extend_from_slice(&gathered(|i| u32::from(fifth_bit(&scales[4..], i))));
                bytes.extend_from_slice(quants);
            }
            _ => {
                bytes.extend_from_slice(scales);
                bytes.extend_from_slice(quants);
            }
        }
        debug_assert_eq!(bytes.len() - start, FileDtype::of(held).bytes_per_block());
    }
}

fn push_q4_k(quants: &[u8], scales: &[u8], bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&scales[..4]);
    let [scale, minimum] = [0, 1].map(|which| move |b: usize| scales[4 + 2 * b + which]);
    // Six bits each: those of the first four blocks whole, above them the two upper bits of the last four.
    bytes.extend((0..4).map(|b| scale(b) | scale(b + 4) >> 4 << 6));
    bytes.extend((0..4).map(|b| minimum(b) | minimum(b + 4) >> 4 << 6));
    bytes.extend((4..8).map(|b| scale(b) & 15 | minimum(b) << 4));
    if let Some(upper) = scales.get(20..).filter(|upper| !upper.is_empty()) {
        bytes.extend((0..32).map(|i| (0..8).fold(0, |byte, b| byte | fifth_bit(&upper[4 * b..], i) << b)));
    }
    for pair in quants.chunks_exact(32) {
        bytes.extend((0..32).map(|i| level(pair, i) | level(&pair[16..], i) << 4));
    }
}

fn push_q6_k(quants: &[u8], scales: &[u8], bytes: &mut Vec<u8>) {
    let blocks: Vec<&[u8]> = quants.chunks_exact(16).collect();
    for four in blocks.chunks_exact(4) {
        for (low, high) in [(four[0], four[2]), (four[1], four[3])] {
            bytes.extend((0..32).map(|i| level(low, i) | level(high, i) << 4));
        }
    }
    for four in scales[20..].chunks_exact(32) {
        let pair = |b: usize, i: usize| four[8 * b + i / 16 * 4 + i % 4] >> (i % 16 / 4 * 2) & 3;
        bytes.extend((0..32).map(|i| (0..4).fold(0, |byte, b| byte | pair(b, i) << (2 * b))));
    }
    bytes.extend_from_slice(&scales[4..20]);
    bytes.extend_from_slice(&scales[..2]);
}

/// Of element `i` of 32.
fn level(nibbles: &[u8], i: usize) -> u8 {
    nibbles[i % 16] >> (i / 16 * 4) & 15
}

/// A bit of 32 elements each, the first lowest.
fn gathered(bit: impl Fn(usize) -> u32) -> [u8; 4] {
    (0..32).fold(0, |word, i| word | bit(i) << i).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repack::repack_row;

    #[test]
    fn blocks_come_back_as_their_file_had_them() {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        for dtype in FileDtype::ALL.into_iter().filter(|dtype| FileDtype::of(dtype.held()) == *dtype) {
            let columns = 512;
            let bytes = columns as usize / dtype.block_elements() * dtype.bytes_per_block();
            let file: Vec<u8> = (0..bytes).map(|_| random()).collect();
            let held = dtype.held();
            let mut quants = vec![0; held.quants_bytes_per_row(columns)];
            let mut scales = vec![0; held.scales_bytes_per_row(columns)];
            assert!(repack_row(dtype, held, &file, &mut quants, &mut scales));
            let mut back = Vec::new();
            push_file_row(held, &quants, &scales, &mut back);
            assert!(back == file, "{}", dtype.name());
        }
    }
}
