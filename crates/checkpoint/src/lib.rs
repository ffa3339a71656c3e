//! Model files to named tensors: configuration, headers, streamed and repacked weights.
//!
//! Nothing here opens a file. A face hands in the first bytes of each file until its header is complete, then the
//! rest of it in order, and gets back whole rows in the one layout that the GPU holds.
//!
//! Order of the data: [`gguf::Header`] or [`safetensors::Header`] → [`Checkpoint`] → [`Held`] → [`Stream`] → [`Piece`].

pub mod block;
mod checkpoint;
mod config;
mod dtype;
mod error;
pub mod gguf;
mod held;
mod role;
pub mod safetensors;
mod stream;
mod tensor;

pub use checkpoint::{Checkpoint, Parsed, WeightFile};
pub use config::{Architecture, Config, LayerConfig, Llama3Scaling, Temperature};
pub use dtype::{BLOCK, Dtype, FileDtype};
pub use error::Error;
pub use held::Held;
pub use role::Role;
pub use stream::{Piece, Stream};
pub use tensor::Tensor;
