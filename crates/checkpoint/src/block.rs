//! One row between f32 and the packed layout of each [`Dtype`].

use crate::Dtype;

/// Why a row was not quantised: a value is not finite, or its scale is beyond f16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFinite;

/// Packs one row.
///
/// Shapes: `values` (columns), a multiple of 32; `quants` [`Dtype::quants_bytes_per_row`]; `scales`
/// [`Dtype::scales_bytes_per_row`].
///
/// # Errors
/// A value is not finite, or not so in this dtype.
///
/// # Panics
/// The slices have other lengths.
pub fn quantise_row(
    dtype: Dtype,
    values: &[f32],
    quants: &mut [u8],
    scales: &mut [u8],
) -> Result<(), NotFinite> {
    let _ = (dtype, values, quants, scales);
    unimplemented!()
}

/// Unpacks one row; shapes as in [`quantise_row`].
///
/// # Panics
/// The slices have other lengths.
pub fn dequantise_row(dtype: Dtype, quants: &[u8], scales: &[u8], values: &mut [f32]) {
    let _ = (dtype, quants, scales, values);
    unimplemented!()
}
