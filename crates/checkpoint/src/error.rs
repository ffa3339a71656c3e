//! What can be wrong with a checkpoint, in words for the person who reads them.

use std::fmt;

use crate::Dtype;

/// Why a checkpoint was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file ends before what its header promises.
    Truncated {
        /// What lies beyond the end.
        what: String,
        /// Bytes the file would need to have.
        need_bytes: u64,
        /// Bytes it has.
        size_bytes: u64,
    },
    /// A count or a size no real model has.
    TooLarge {
        /// What is counted.
        what: String,
        /// What the file says.
        found: u64,
        /// The most that is read.
        limit: u64,
    },
    /// Bytes that do not follow their format.
    Malformed {
        /// Where.
        what: String,
        /// What stands there.
        found: String,
        /// What the format asks for.
        expected: String,
    },
    /// Well formed, and of a kind that is not implemented.
    Unsupported {
        /// The quantity.
        what: String,
        /// What the file has.
        found: String,
        /// What can be read instead.
        supported: String,
    },
    /// A value of the configuration that cannot be true.
    Config {
        /// Its key.
        key: String,
        /// Its value.
        found: String,
        /// What it may be.
        expected: String,
    },
    /// A tensor whose shape or dtype contradicts the configuration.
    Tensor {
        /// Its name in the file.
        name: String,
        /// What the file has.
        found: String,
        /// What the configuration asks for.
        expected: String,
    },
    /// A tensor the configuration asks for is in none of the files.
    MissingTensor {
        /// Its name.
        name: String,
    },
    /// A tensor that this architecture does not have: to ignore it would compute something else.
    UnexpectedTensor {
        /// Its name.
        name: String,
        /// The architecture.
        architecture: &'static str,
    },
    /// Something is there twice.
    Duplicate {
        /// What.
        what: String,
    },
    /// Two tensors claim the same bytes.
    Overlap {
        /// The one that begins first.
        first: String,
        /// The one that begins before the first has ended.
        second: String,
        /// Where the second begins, in the file.
        offset: u64,
    },
    /// A weight or a scale is NaN or infinite, or becomes so in the dtype it is held in.
    NonFinite {
        /// The tensor's name in the file.
        tensor: String,
        /// Its row, in the file's order.
        row: u32,
        /// How it was to be held.
        held: Dtype,
    },
    /// The stream ended before the last tensor was whole.
    MissingBytes {
        /// The file.
        file: String,
        /// The first tensor that is not whole.
        tensor: String,
        /// Bytes still missing up to the end of the file's last tensor.
        missing_bytes: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { what, need_bytes, size_bytes } => write!(
                f,
                "{what} needs a file of {need_bytes} bytes and this one has {size_bytes}; it was cut short, fetch it again"
            ),
            Self::TooLarge { what, found, limit } => {
                write!(
                    f,
                    "{what}: {found}, and {limit} is the most that is read; the file is damaged or no model"
                )
            }
            Self::Malformed { what, found, expected } => {
                write!(f, "{what}: found {found}, expected {expected}")
            }
            Self::Unsupported { what, found, supported } => {
                write!(f, "{what} is {found}, which is not supported; supported: {supported}")
            }
            Self::Config { key, found, expected } => {
                write!(f, "configuration: {key} is {found}, expected {expected}")
            }
            Self::Tensor { name, found, expected } => {
                write!(f, "tensor {name}: found {found}, expected {expected}")
            }
            Self::MissingTensor { name } => {
                write!(f, "tensor {name} is in none of the weight files, and the configuration asks for it")
            }
            Self::UnexpectedTensor { name, architecture } => write!(
                f,
                "tensor {name} is not part of the {architecture} architecture as it is supported here; without it the \
                 model would be another one"
            ),
            Self::Duplicate { what } => write!(f, "{what} is there twice"),
            Self::Overlap { first, second, offset } => {
                write!(f, "tensors {first} and {second} overlap at byte {offset}; the header is damaged")
            }
            Self::NonFinite { tensor, row, held } => write!(
                f,
                "tensor {tensor}, row {row}: a weight or scale is not finite as {held}; the file is damaged, or its \
                 values need a wider dtype"
            ),
            Self::MissingBytes { file, tensor, missing_bytes } => {
                write!(
                    f,
                    "{file} ended {missing_bytes} bytes early, inside or before tensor {tensor}; fetch it again"
                )
            }
        }
    }
}

impl std::error::Error for Error {}

/// A name out of a file, safe and short enough to show.
pub(crate) fn shown(name: &str) -> String {
    const MOST_CHARS: usize = 80;
    let mut shown: String = name.chars().take(MOST_CHARS).flat_map(char::escape_debug).collect();
    if name.chars().nth(MOST_CHARS).is_some() {
        shown.push('…');
    }
    shown
}
