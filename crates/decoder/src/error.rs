//! What can go wrong between packed weights and logits.

use std::fmt;

/// Why a model could not be held or run.
#[derive(Clone, Debug)]
pub enum Error {
    /// The GPU's own fault: no adapter, no memory, a lost device, a kernel that computes wrongly.
    Gpu(gpu::Error),
    /// A row of a matrix does not fit one binding, and a matrix is split between rows only.
    RowTooLong {
        /// Which matrix.
        matrix: String,
        /// Bytes of one stripe of rows.
        row_bytes: u64,
        /// Most bytes the adapter binds at once.
        binding_bytes: u64,
    },
    /// A shape the kernels were not made for.
    Shape {
        /// The quantity, as in `config.json`.
        name: &'static str,
        /// What the model has.
        found: u32,
        /// What the kernels can do.
        expected: &'static str,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gpu(err) => write!(f, "{err}"),
            Self::RowTooLong { matrix, row_bytes, binding_bytes } => write!(
                f,
                "{matrix}: {row_bytes} bytes cannot be split further, and this GPU binds {binding_bytes} at once; \
                 hold it in fewer bits (--dtype q8 or q4)"
            ),
            Self::Shape { name, found, expected } => write!(f, "{name} is {found}; supported: {expected}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<gpu::Error> for Error {
    fn from(err: gpu::Error) -> Self {
        Self::Gpu(err)
    }
}
