//! Reproducible inputs: numbers, packed matrices and caches, with the values they stand for.

use crate::truth::Matrix;
use crate::{KvType, WeightType};

/// Noise from a seed: the same on every machine.
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 24
    }

    /// In [-1, 1).
    pub(crate) fn float(&mut self) -> f32 {
        (self.bits() & 0xFF_FFFF) as f32 / (1 << 23) as f32 - 1.0
    }

    pub(crate) fn floats(&mut self, len: usize) -> Vec<f32> {
        (0..len).map(|_| self.float()).collect()
    }

    /// An f16 of magnitude 2^-5 to 1, of either sign where `signed`.
    fn half(&mut self, signed: bool) -> u16 {
        let bits = self.bits();
        let sign = if signed { (bits >> 20) as u16 & 0x8000 } else { 0 };
        sign | (10 + (bits % 5) as u16) << 10 | (bits >> 8) as u16 & 0x3FF
    }

    /// A packed matrix of noise: quants, scales, and what they stand for.
    pub(crate) fn matrix(
        &mut self,
        weight: WeightType,
        rows: usize,
        columns: usize,
    ) -> (Vec<u8>, Vec<u8>, Matrix) {
        let blocks = columns / 32;
        let (mut quants, mut scales, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rows {
            let row_end = scales.len() + weight.scales_bytes(blocks);
            for _ in 0..blocks / weight.blocks_scaled_together() {
                self.group(weight, &mut quants, &mut scales, &mut values);
            }
            scales.resize(row_end, 0);
        }
        (quants, scales, Matrix { columns, values })
    }

    /// Blocks whose scales stand together.
    fn group(
        &mut self,
        weight: WeightType,
        quants: &mut Vec<u8>,
        scales: &mut Vec<u8>,
        values: &mut Vec<f64>,
    ) {
        let (first_quant, first_scale) = (quants.len(), scales.len());
        let blocks = weight.blocks_scaled_together();
        match weight {
            WeightType::F32 => (0..32).for_each(|_| quants.extend(self.float().to_le_bytes())),
            WeightType::F16 => (0..32).for_each(|_| quants.extend(self.half(true).to_le_bytes())),
            WeightType::Bf16 => {
                (0..32).for_each(|_| quants.extend(&self.float().to_le_bytes()[2..]));
            }
            _ => quants.extend((0..blocks * weight.block_bytes()).map(|_| self.bits() as u8)),
        }
        let per_group = weight.scales_bytes_per_group();
        let halves = per_group.min(4) / 2;
        (0..halves).for_each(|_| scales.extend(self.half(true).to_le_bytes()));
        scales.extend((halves * 2..per_group).map(|_| self.bits() as u8));
        if matches!(weight, WeightType::Q4K | WeightType::Q5K) {
            // Scales and minima have six bits.
            scales[first_scale + 4..][..16].iter_mut().for_each(|byte| *byte &= 63);
        }
        let (quants, scales) = (&quants[first_quant..], &scales[first_scale..]);
        let bytes = weight.block_bytes();
        for b in 0..blocks {
            let block = &quants[b * bytes..][..bytes];
            values.extend((0..32).map(|i| element(weight, block, scales, b, i)));
        }
    }

    /// A cache of noise: its bytes, and what they stand for.
    pub(crate) fn cache(&mut self, kv: KvType, len: usize) -> (Vec<u8>, Vec<f64>) {
        match kv {
            KvType::F32 => {
                let values = self.floats(len);
                let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
                (bytes, values.into_iter().map(f64::from).collect())
            }
            KvType::F16 => {
                let values: Vec<u16> = (0..len).map(|_| self.half(true)).collect();
                let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
                (bytes, values.into_iter().map(half_value).collect())
            }
        }
    }
}

/// Element `i` of `block`, the `b`-th of the group that `scales` belong to.
fn element(weight: WeightType, block: &[u8], scales: &[u8], b: usize, i: usize) -> f64 {
    let word = |i: usize| u16::from_le_bytes([block[2 * i], block[2 * i + 1]]);
    let scale = |i: usize| half_value(u16::from_le_bytes([scales[2 * i], scales[2 * i + 1]]));
    let nibble = || if i < 16 { block[i] & 15 } else { block[i - 16] >> 4 };
    // Bits above the nibbles: of `width` each, those of four neighbours in the four bytes of a word.
    let above =
        |first: usize, i: usize, width: usize| scales[first + i % 4] >> (i / 4 * width) & ((1 << width) - 1);
    let five = |first: usize| f64::from(nibble() | above(first, i, 1) << 4);
    let affine = |q: f64| {
        let pair = &scales[4 + 2 * b..];
        scale(0) * f64::from(pair[0]) * q - scale(1) * f64::from(pair[1])
    };
    match weight {
        WeightType::F32 => {
            let bytes = [block[4 * i], block[4 * i + 1], block[4 * i + 2], block[4 * i + 3]];
            f64::from(f32::from_le_bytes(bytes))
        }
        WeightType::F16 => half_value(word(i)),
        WeightType::Bf16 => f64::from(f32::from_bits(u32::from(word(i)) << 16)),
        WeightType::Q8 => scale(0) * f64::from(block[i] as i8),
        WeightType::Q6K => {
            let q = nibble() | above(20 + 8 * b + i / 16 * 4, i % 16, 2) << 4;
            scale(0) * f64::from(scales[4 + 2 * b + i / 16] as i8) * (f64::from(q) - 32.0)
        }
        WeightType::Q5K => affine(five(20 + 4 * b)),
        WeightType::Q5_0 => scale(0) * (five(4) - 16.0),
        WeightType::Q5_1 => scale(0) * five(4) + scale(1),
        WeightType::Q4K => affine(f64::from(nibble())),
        WeightType::Q4 => scale(0) * (f64::from(nibble()) - 8.0),
        WeightType::Q4_1 => scale(0) * f64::from(nibble()) + scale(1),
    }
}

/// What the bits of an f16 stand for.
pub(crate) fn half_value(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, mantissa) = (i32::from(bits >> 10 & 31), f64::from(bits & 0x3FF));
    match exponent {
        0 => sign * mantissa * 2_f64.powi(-24),
        _ => sign * (1024.0 + mantissa) * 2_f64.powi(exponent - 25),
    }
}
