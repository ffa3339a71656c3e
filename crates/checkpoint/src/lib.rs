//! Model files to named tensors: configuration, headers, streamed and repacked weights. No IO.
//!
//! A checkpoint is opened from its headers alone ([`Checkpoint::from_gguf`], [`Checkpoint::from_safetensors`]), so
//! that everything that can be wrong with names, shapes and ranges is said before a weight byte is read. Its weights
//! are then pushed through a [`Stream`] in chunks of any length and come out as [`Piece`]s in one packed layout,
//! [`Dtype`]. Only this crate knows how files name things: above it a tensor has a [`Role`] and a layer.

mod checkpoint;
mod config;
mod dequantise;
mod dtype;
mod error;
mod file_dtype;
mod file_row;
pub mod gguf;
mod gguf_config;
mod gguf_parts;
mod gguf_writer;
mod held;
mod hugging_face_config;
mod kv_dtype;
mod least_error;
mod loss;
mod pack;
mod piece;
mod quantise;
mod repack;
mod role;
pub mod safetensors;
mod sha256;
mod stream;
mod stretch;

pub use checkpoint::{Checkpoint, Tensor, WeightFile};
pub use config::{Architecture, Config, LayerConfig, Llama3Scaling, Temperature};
pub use dequantise::dequantise_row;
pub use dtype::Dtype;
pub use error::Error;
pub use file_dtype::FileDtype;
pub use gguf_parts::part_names;
pub use held::{AskedDtypes, Held};
pub use kv_dtype::KvDtype;
pub use loss::Loss;
pub use pack::{Pack, PackedFile, Packing};
pub use piece::Piece;
pub use quantise::quantise_row;
pub use repack::decode_row;
pub use role::{Role, RowOrder};
pub use sha256::{Hash, sha256};
pub use stream::{Rounded, Stream};
pub use stretch::Stretch;

/// What a header parser says of a prefix of a file.
#[derive(Clone, Debug)]
pub enum Parsed<T> {
    /// The header is whole.
    Complete(T),
    /// Ask again with at least this many bytes from the start of the file.
    Incomplete {
        /// Bytes.
        need_bytes: u64,
    },
}
