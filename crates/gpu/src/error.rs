//! What a GPU can refuse or fail at.

use std::fmt;

/// Why the GPU did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The browser gives this page no WebGPU.
    NoWebGpu,
    /// There is no GPU to run on.
    NoAdapter {
        /// The driver's or browser's words.
        reason: String,
    },
    /// An adapter was found and gave no device.
    NoDevice {
        /// The adapter.
        adapter: String,
        /// The driver's or browser's words.
        reason: String,
    },
    /// An allocation failed.
    OutOfMemory {
        /// What it was for.
        label: String,
        /// How much was asked for.
        size_bytes: u64,
        /// How much is held already.
        allocated_bytes: u64,
    },
    /// A shader was not accepted, or a call was: a mistake of ours or of the driver.
    Validation {
        /// What was being made or run.
        label: String,
        /// The driver's or browser's words.
        reason: String,
    },
    /// The device is gone: reset, unplugged, or taken away by the system.
    Lost {
        /// The driver's or browser's words.
        reason: String,
    },
    /// A kernel gives other numbers than it must.
    WrongAnswer {
        /// The kernel and its variant.
        kernel: String,
        /// The adapter it ran on.
        adapter: String,
        /// Largest difference from the known answer.
        found: String,
        /// What would have been tolerated.
        expected: String,
    },
}

impl Error {
    /// What happened, without advice.
    pub fn brief(&self) -> String {
        match self {
            Self::NoWebGpu => "this browser gives the page no WebGPU".to_owned(),
            Self::NoAdapter { .. } => "no GPU adapter was found".to_owned(),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWebGpu => {
                write!(f, "{}; use a browser that has it, on https or on localhost", self.brief())
            }
            Self::NoAdapter { reason } => {
                write!(f, "no GPU adapter ({reason}); install a Vulkan driver, or use a browser with WebGPU")
            }
            Self::NoDevice { adapter, reason } => write!(f, "{adapter} gave no device: {reason}"),
            Self::OutOfMemory { label, size_bytes, allocated_bytes } => write!(
                f,
                "the GPU has no room for {label}: {size_bytes} bytes asked, {allocated_bytes} held already; choose \
                 fewer bits (--dtype q8 or q4) or a smaller context"
            ),
            Self::Validation { label, reason } => write!(f, "the GPU refused {label}: {reason}"),
            Self::Lost { reason } => write!(f, "the GPU was lost ({reason}); load the model again"),
            Self::WrongAnswer { kernel, adapter, found, expected } => write!(
                f,
                "{kernel} computes wrongly on {adapter}: off by {found}, {expected} is tolerated; update the driver \
                 or use another GPU"
            ),
        }
    }
}

impl std::error::Error for Error {}
