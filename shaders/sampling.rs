//! How a token is chosen on the GPU.

use bytemuck::{Pod, Zeroable};

/// Logits that a workgroup of `rank_logits` puts in order.
pub const TILE: u32 = 256;

/// `struct Sampling` of `shared/sampling.wgsl`: how a token is chosen.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Sampling {
    /// V.
    pub vocab_size: u32,
    /// V / [`TILE`], rounded up.
    pub tiles: u32,
    /// How many logits have a bias.
    pub biases: u32,
    /// 0 takes the largest logit.
    pub temperature: f32,
    /// 1 is none.
    pub repetition_penalty: f32,
    /// 0 keeps all.
    pub top_k: u32,
    /// 1 keeps all.
    pub top_p: f32,
    /// Natural logarithm of `min_p`; above 0 keeps all.
    pub ln_min_p: f32,
    /// The lower word of the seed.
    pub seed_low: u32,
    /// The upper word of the seed.
    pub seed_high: u32,
}

impl Sampling {
    /// The largest of `vocab_size` logits.
    pub fn greedy(vocab_size: u32) -> Self {
        Self {
            vocab_size,
            tiles: vocab_size.div_ceil(TILE),
            repetition_penalty: 1.0,
            top_p: 1.0,
            ln_min_p: 1.0,
            ..Self::zeroed()
        }
    }
}

/// Invocations of a workgroup that works on a tile, or on all of them.
pub(crate) const fn workgroup_size(is_software: bool) -> u32 {
    if is_software { 16 } else { 256 }
}
