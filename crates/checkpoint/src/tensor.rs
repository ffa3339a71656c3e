//! One tensor of a checkpoint: what it is and where its bytes lie.

use crate::{FileDtype, Role};

/// A tensor that the model needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Its name in the file.
    pub name: String,
    /// What it is to the model.
    pub role: Role,
    /// Its layer; `None` for embedding, head and final norm.
    pub layer: Option<u32>,
    /// Rows of a matrix; 1 for a vector.
    pub rows: u32,
    /// Columns of a matrix, its input; the length of a vector.
    pub columns: u32,
    /// How the file stores it.
    pub dtype: FileDtype,
    /// Which of [`Checkpoint::files`](crate::Checkpoint::files) holds it.
    pub file: usize,
    /// Where it begins, counted from the file's first byte.
    pub offset: u64,
    /// Its length in the file.
    pub size_bytes: u64,
}
