//! What can be wrong with a model's files.

use std::fmt;

/// What is wrong with a model's files: what was found, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A header is not what its format says.
    Header {
        /// Which format.
        format: &'static str,
        /// What was found and what was expected.
        fault: String,
    },
    /// A configuration key is missing, of the wrong kind, or out of range.
    Config {
        /// The key.
        key: String,
        /// What was found and what was expected.
        fault: String,
    },
    /// The model is of a kind that is not supported.
    Unsupported {
        /// What it has.
        what: String,
        /// What is supported instead.
        supported: &'static str,
    },
    /// The model needs a tensor that the files do not have.
    MissingTensor {
        /// Its name.
        name: String,
    },
    /// A tensor's shape is not the one the configuration asks for.
    Shape {
        /// The tensor.
        name: String,
        /// Rows and columns, as the file has them.
        found: Vec<u64>,
        /// As the configuration has them.
        expected: Vec<u64>,
    },
    /// A weight or a scale is NaN or infinite.
    NonFinite {
        /// The tensor.
        name: String,
        /// The row, in the file's order.
        row: u32,
    },
    /// The weights end before the header says they do.
    Truncated {
        /// The file.
        file: String,
        /// Bytes of weights that were read.
        found_bytes: u64,
        /// Bytes the header names.
        expected_bytes: u64,
    },
}

impl Error {
    pub(crate) fn gguf(fault: impl Into<String>) -> Self {
        Self::Header { format: "GGUF", fault: fault.into() }
    }

    pub(crate) fn safetensors(fault: impl Into<String>) -> Self {
        Self::Header { format: "safetensors", fault: fault.into() }
    }

    pub(crate) fn config(key: impl Into<String>, fault: impl Into<String>) -> Self {
        Self::Config { key: key.into(), fault: fault.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { format, fault } => write!(f, "not a sound {format} file: {fault}"),
            Self::Config { key, fault } => write!(f, "configuration: {key}: {fault}"),
            Self::Unsupported { what, supported } => {
                write!(f, "{what} is not supported; supported: {supported}")
            }
            Self::MissingTensor { name } => {
                write!(f, "tensor {name} is missing; the file is incomplete or of another model")
            }
            Self::Shape { name, found, expected } => {
                write!(f, "tensor {name} has shape {found:?}; the configuration asks for {expected:?}")
            }
            Self::NonFinite { name, row } => {
                write!(f, "tensor {name}, row {row}: a weight or scale is not finite; the file is damaged")
            }
            Self::Truncated { file, found_bytes, expected_bytes } => write!(
                f,
                "{file}: {found_bytes} bytes of weights, {expected_bytes} expected; the file was cut short, fetch it \
                 again"
            ),
        }
    }
}

impl std::error::Error for Error {}
