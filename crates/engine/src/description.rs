//! What was loaded, and what it takes.

use serde::Serialize;

use crate::Device;

/// What was loaded, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// What kind of device computes: a GPU or the processor.
    pub device: Device,
    /// Why that one, in words for a person; empty where it was asked for by name.
    pub why: String,
    /// The GPU, as its driver names it, or the processor and its instructions.
    pub adapter: String,
    /// Whether that GPU is a program on the CPU.
    pub software_adapter: bool,
    /// How keys and values are held.
    pub kv: &'static str,
    /// Most positions a session may reach.
    pub context: u32,
    /// Rows of the embedding: logits a position has.
    pub vocab_size: u32,
    /// Bytes of weights on the device.
    pub weights_bytes: u64,
    /// Bytes on the GPU now: weights, caches, activations; 0 where the processor computes.
    pub gpu_bytes: u64,
}
