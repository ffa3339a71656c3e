//! What was loaded, and what it takes.

use serde::Serialize;

/// What was loaded, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// The GPU, as its driver names it.
    pub adapter: String,
    /// Whether that GPU is a program on the CPU.
    pub software_adapter: bool,
    /// How keys and values are held.
    pub kv: &'static str,
    /// Most positions a session may reach.
    pub context: u32,
    /// Rows of the embedding: logits a position has.
    pub vocab_size: u32,
    /// Bytes of weights on the GPU.
    pub weights_bytes: u64,
    /// Bytes on the GPU now: weights, caches, activations.
    pub gpu_bytes: u64,
}
