//! What changes from one call to the next.

use bytemuck::{Pod, Zeroable};

/// `struct Step` of `shared/step.wgsl`: what changes from one call to the next.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
pub struct Step {
    /// Of the first token of this call in the KV cache.
    pub position: u32,
    /// T, tokens a kernel works on.
    pub tokens: u32,
    /// The first of them among the tokens of this call.
    pub first_token: u32,
    /// Counts the tokens drawn with a seed.
    pub draw: u32,
    /// Where in the ring the token lands that is drawn.
    pub slot: u32,
}
