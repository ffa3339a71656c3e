//! Numbers out of packed rows.

use half::{bf16, f16};

use crate::Dtype;

/// Unpacks a row.
///
/// # Panics
/// The lengths do not belong together: a mistake of the caller.
pub fn dequantise_row(dtype: Dtype, quants: &[u8], scales: &[u8], values: &mut [f32]) {
    let columns = values.len() as u32;
    assert_eq!(quants.len(), dtype.quants_bytes_per_row(columns), "quants of a row of {columns}");
    assert_eq!(scales.len(), dtype.scales_bytes_per_row(columns), "scales of a row of {columns}");
    match dtype {
        Dtype::F32 => each(quants, values, f32::from_le_bytes),
        Dtype::F16 => each(quants, values, |b| f16::from_le_bytes(b).to_f32()),
        Dtype::Bf16 => each(quants, values, |b| bf16::from_le_bytes(b).to_f32()),
        _ => {
            let group = dtype.scaled_together();
            let quants = quants.chunks_exact(group / Dtype::BLOCK * dtype.quants_bytes_per_block());
            let scales = scales.chunks_exact(dtype.scales_bytes_per_group());
            for ((values, quants), scales) in values.chunks_exact_mut(group).zip(quants).zip(scales) {
                dequantise_group(dtype, quants, scales, values);
            }
        }
    }
}

fn each<const N: usize>(bytes: &[u8], values: &mut [f32], read: impl Fn([u8; N]) -> f32) {
    for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
        *value = read(*bytes);
    }
}

fn dequantise_group(dtype: Dtype, quants: &[u8], scales: &[u8], values: &mut [f32]) {
    let blocks =
        quants.chunks_exact(dtype.quants_bytes_per_block()).zip(values.chunks_exact_mut(Dtype::BLOCK));
    match dtype {
        Dtype::Q8 => {
            for (v, q) in values.iter_mut().zip(quants) {
                *v = half(scales, 0) * f32::from(*q as i8);
            }
        }
        Dtype::Q4 => {
            for (quants, values) in blocks {
                affine(quants, |_| 0, values, |q| half(scales, 0) * (q - 8.0));
            }
        }
        Dtype::Q4_1 => {
            for (quants, values) in blocks {
                affine(quants, |_| 0, values, |q| half(scales, 0) * q + half(scales, 1));
            }
        }
        Dtype::Q5_0 | Dtype::Q5_1 => {
            for (quants, values) in blocks {
                let (scale, minimum) = (half(scales, 0), half(scales, 1));
                affine(
                    quants,
                    |i| fifth_bit(&scales[4..], i),
                    values,
                    |q| match dtype {
                        Dtype::Q5_0 => scale * (q - 16.0),
                        _ => scale * q + minimum,
                    },
                );
            }
        }
        Dtype::Q4K | Dtype::Q5K => {
            for (b, (quants, values)) in blocks.enumerate() {
                let scale = half(scales, 0) * f32::from(scales[4 + 2 * b]);
                let minimum = half(scales, 1) * f32::from(scales[5 + 2 * b]);
                let upper = scales.get(20 + 4 * b..).unwrap_or_default();
                let bits = |i| if dtype == Dtype::Q5K { fifth_bit(upper, i) } else { 0 };
                affine(quants, bits, values, |q| scale * q - minimum);
            }
        }
        _ => {
            for (b, (quants, values)) in blocks.enumerate() {
                let upper = &scales[20 + 8 * b..];
                let mut whole = [0.0; Dtype::BLOCK];
                affine(quants, |i| upper_pair(&upper[i / 16 * 4..], i % 16), &mut whole, |q| q - 32.0);
                for (part, (values, whole)) in
                    values.chunks_exact_mut(16).zip(whole.chunks_exact(16)).enumerate()
                {
                    let scale = half(scales, 0) * f32::from(scales[4 + 2 * b + part] as i8);
                    values.iter_mut().zip(whole).for_each(|(value, q)| *value = scale * q);
                }
            }
        }
    }
}

/// A block whose levels are nibbles with `upper` bits above them.
fn affine(nibbles: &[u8], upper: impl Fn(usize) -> u8, values: &mut [f32], value: impl Fn(f32) -> f32) {
    let (low, high) = values.split_at_mut(Dtype::BLOCK / 2);
    for (i, ((low, high), q)) in low.iter_mut().zip(high).zip(nibbles).enumerate() {
        *low = value(f32::from(q & 15 | upper(i) << 4));
        *high = value(f32::from(q >> 4 | upper(i + 16) << 4));
    }
}

/// The `i`-th f16.
fn half(scales: &[u8], i: usize) -> f32 {
    f16::from_le_bytes([scales[2 * i], scales[2 * i + 1]]).to_f32()
}

/// Of element `i` of 32.
pub(crate) fn fifth_bit(word: &[u8], i: usize) -> u8 {
    word[i % 4] >> (i / 4) & 1
}

/// Of element `i` of 16.
fn upper_pair(word: &[u8], i: usize) -> u8 {
    word[i % 4] >> (i / 4 * 2) & 3
}
