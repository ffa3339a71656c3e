//! What can go wrong between packed weights and logits.

use std::fmt;

use checkpoint::Dtype;

/// Why a model could not be held or run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Error {
    /// There is no memory.
    OutOfMemory {
        /// What was asked for at once.
        size_bytes: usize,
    },
    /// A product came out otherwise than in plain arithmetic.
    Wrong {
        /// Which instructions computed it.
        machine: &'static str,
        /// Of which weights.
        dtype: Dtype,
        /// What came out.
        found: f32,
        /// What must come out.
        expected: f32,
    },
}

impl Error {
    /// Whether memory is what was lacking.
    pub fn is_of_memory(&self) -> bool {
        matches!(self, Self::OutOfMemory { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory { size_bytes } => write!(
                f,
                "no memory for {} MB more; ask for a smaller dtype or context, or choose a smaller model",
                size_bytes.div_ceil(1_000_000)
            ),
            Self::Wrong { machine, dtype, found, expected } => write!(
                f,
                "this processor computes wrongly: with {machine}, a product of {} weights gave {found}, {expected} was \
                 expected",
                dtype.name()
            ),
        }
    }
}

impl std::error::Error for Error {}
