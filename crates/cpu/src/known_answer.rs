//! A small product of each type, held against plain arithmetic.

use checkpoint::{Dtype, dequantise_row};

use crate::Error;
use crate::input::Input;
use crate::matrix::Matrix;
use crate::product::{Activations, Product};
use crate::simd::{Machine, ROWS};

/// Rows and columns: panels whole and not, groups of 256.
const SHAPE: [usize; 2] = if cfg!(miri) { [16, 256] } else { [40, 512] };
/// Tokens: one, tiles whole and not, and as many as unpack a panel.
const TOKENS: [usize; 3] = [1, 5, 13];
/// Of the largest result: sums of 512 floats in another order, or of bytes that are rounded once.
const TOLERANCE: f32 = 1e-5;

/// Computes it with `machine`, with bytes and with floats.
///
/// # Errors
/// A number is not what it must be.
pub(crate) fn check(machine: Machine, dtype: Dtype) -> Result<(), Error> {
    let [rows, columns] = SHAPE;
    let mut noise = 1_u32;
    let mut next = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise >> 8
    };
    let mut matrix = Matrix::allocate(dtype, rows as u32, columns as u32)?;
    let mut weights = Vec::new();
    for row in 0..rows {
        let quants: Vec<u8> = (0..dtype.quants_bytes_per_row(columns as u32)).map(|_| next() as u8).collect();
        let scales: Vec<u8> = (0..dtype.scales_bytes_per_row(columns as u32)).map(|_| next() as u8).collect();
        let (quants, scales) = (tamed(dtype, quants), tamed_scales(dtype, scales));
        matrix.write(row as u32, 1, &quants, &scales);
        let mut values = vec![0.0; columns];
        dequantise_row(dtype, &quants, &scales, &mut values);
        weights.push(values);
    }
    for (activations, tokens) in
        [Activations::F32, Activations::Int8].into_iter().flat_map(|kind| TOKENS.map(|count| (kind, count)))
    {
        let mut input = Input::default();
        for value in input.reset(tokens, columns) {
            *value = next() as f32 / 8_388_608.0 - 1.0;
        }
        let is_rounded = dtype.is_quantised() && activations == Activations::Int8;
        if is_rounded {
            input.round(machine);
        }
        let mut y = vec![[0.0; ROWS]; matrix.panels() * tokens];
        let (whole, last) = (0..matrix.panels(), &mut y);
        Product { matrix: &matrix, panels: whole, input: &input, activations, y: last, adds: false }
            .compute(machine);
        let x = |t: usize| if is_rounded { input.rounded(t) } else { input.row(t).to_vec() };
        let expected: Vec<Vec<f64>> =
            (0..tokens).map(|t| weights.iter().map(|weights| dot(weights, &x(t))).collect()).collect();
        let largest = expected.iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        for (t, row) in (0..tokens).flat_map(|t| (0..rows).map(move |row| (t, row))) {
            let (found, expected) = (y[row / ROWS * tokens + t][row % ROWS], expected[t][row] as f32);
            let off = (found - expected).abs();
            if off.is_nan() || off > TOLERANCE * largest as f32 {
                return Err(Error::Wrong { machine: machine.name(), dtype, found, expected });
            }
        }
    }
    Ok(())
}

fn dot(weights: &[f32], x: &[f32]) -> f64 {
    weights.iter().zip(x).map(|(w, x)| f64::from(*w) * f64::from(*x)).sum()
}

/// Bytes of elements, so that floats among them are small, finite numbers, and signed bytes are never -128.
fn tamed(dtype: Dtype, mut quants: Vec<u8>) -> Vec<u8> {
    match dtype {
        Dtype::F32 => quants.chunks_exact_mut(4).for_each(|float| float[3] = 0x3E | float[3] & 0x80),
        Dtype::F16 => quants.chunks_exact_mut(2).for_each(|half| half[1] = 0x30 | half[1] & 0x83),
        Dtype::Bf16 => quants.chunks_exact_mut(2).for_each(|half| half[1] = 0x3E | half[1] & 0x80),
        Dtype::Q8 => quants.iter_mut().for_each(|byte| *byte = byte.wrapping_add(u8::from(*byte == 0x80))),
        _ => {}
    }
    quants
}

/// The same of scales and minima: f16 about a tenth, the others as they come.
fn tamed_scales(dtype: Dtype, mut scales: Vec<u8>) -> Vec<u8> {
    let halves = match dtype {
        Dtype::Q8 | Dtype::Q4 | Dtype::Q6K | Dtype::Q5_0 => 1,
        _ => 2,
    };
    if dtype.is_quantised() {
        for group in scales.chunks_exact_mut(dtype.scales_bytes_per_group()) {
            for half in group[..2 * halves].chunks_exact_mut(2) {
                half[1] = 0x2C | half[1] & 0x83;
            }
        }
    }
    scales
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_machine_multiplies_every_type_as_plain_arithmetic_does() {
        for machine in Machine::all() {
            for dtype in Dtype::ALL {
                check(machine, dtype).unwrap_or_else(|err| panic!("{err}"));
            }
        }
    }
}
