//! What weights come out as: packed rows, ready to be put in place.

use crate::{Dtype, Role, Tensor};

/// Most bytes of rows that are packed before they are handed on.
const BATCH_BYTES: usize = 1 << 20;

/// A stretch of a tensor, ready to be put in place.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// Whole rows of a matrix, packed as [`Dtype`] says; of `q_proj` and `k_proj` a head, in half-rotate order.
    Rows {
        /// What the matrix is for.
        role: Role,
        /// The layer, for the roles of layers.
        layer: Option<u32>,
        /// The first of the rows.
        first_row: u32,
        /// How many.
        rows: u32,
        /// Their quants.
        quants: &'a [u8],
        /// Their scales.
        scales: &'a [u8],
    },
    /// A norm's weight or a bias, whole; biases of queries and keys in half-rotate order.
    Vector {
        /// What it is for.
        role: Role,
        /// The layer, for the roles of layers.
        layer: Option<u32>,
        /// Its elements.
        values: &'a [f32],
    },
}

impl Piece<'_> {
    /// Appends the piece as it is kept.
    pub fn push_kept(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Rows { quants, scales, .. } => {
                bytes.extend_from_slice(quants);
                bytes.extend_from_slice(scales);
            }
            Self::Vector { values, .. } => {
                bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }
        }
    }
}

/// Rows that are handed on at once: a head's where these may have to be sorted, else about a MB.
pub(crate) fn rows_of_piece(tensor: &Tensor, held: Dtype, head_dim: u32) -> u32 {
    match tensor.role {
        role if role.is_vector() => tensor.rows,
        role if role.is_turned() => head_dim,
        _ => BATCH_BYTES.div_ceil(held.quants_bytes_per_row(tensor.columns)) as u32,
    }
}
