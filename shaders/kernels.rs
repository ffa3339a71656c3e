//! All kernels of a forward pass, compiled once.

use gpu::{Device, Error};

use crate::attention::Attention;
use crate::attention_merge::AttentionMerge;
use crate::embed::Embed;
use crate::rank_logits::RankLogits;
use crate::rope_qk_norm_append::RopeQkNormAppend;
use crate::rope_qk_norm_attention::RopeQkNormAttention;
use crate::sample::Sample;
use crate::{Heads, MatrixKernel, WeightType, matmul_residual, rms_norm_gate_up_swiglu, rms_norm_matmul};

/// The kernels of a forward pass over the weight types of one model.
#[derive(Clone, Debug)]
pub struct Kernels {
    /// Token ids to rows of the embedding.
    pub embed: Embed,
    /// Queries, keys and values; the logits.
    pub rms_norm_matmul: MatrixKernel,
    /// Positions, norms, the cache.
    pub rope_qk_norm_append: RopeQkNormAppend,
    /// Queries over the cache.
    pub attention: Attention,
    /// Both in one, for one token.
    pub rope_qk_norm_attention: RopeQkNormAttention,
    /// What its splits have found.
    pub attention_merge: AttentionMerge,
    /// Back into the residual.
    pub matmul_residual: MatrixKernel,
    /// The gated half of the feed-forward.
    pub rms_norm_gate_up_swiglu: MatrixKernel,
    /// Logits of each tile from the largest down.
    pub rank_logits: RankLogits,
    /// The next token.
    pub sample: Sample,
    pub(crate) heads: Heads,
    pub(crate) weights: Vec<WeightType>,
    pub(crate) embedding: WeightType,
}

impl Kernels {
    /// Compiles what a model needs: an embedding of one type, matrices of all of `weights`, attention of `heads`.
    ///
    /// # Errors
    /// A shader is refused.
    pub async fn new(
        device: &Device,
        embedding: WeightType,
        weights: &[WeightType],
        heads: Heads,
    ) -> Result<Self, Error> {
        Self::for_kind(device, embedding, weights, heads, device.adapter().is_software).await
    }

    /// As [`Kernels::new`], for a software adapter or for hardware whatever the device is.
    pub(crate) async fn for_kind(
        device: &Device,
        embedding: WeightType,
        weights: &[WeightType],
        heads: Heads,
        is_software: bool,
    ) -> Result<Self, Error> {
        Ok(Self {
            embed: Embed::new(device, embedding).await?,
            rms_norm_matmul: rms_norm_matmul::kernel(device, weights, is_software).await?,
            rope_qk_norm_append: RopeQkNormAppend::new(device, heads.kv, is_software).await?,
            attention: Attention::new(device, heads).await?,
            rope_qk_norm_attention: RopeQkNormAttention::new(device, heads, is_software).await?,
            attention_merge: AttentionMerge::new(device).await?,
            matmul_residual: matmul_residual::kernel(device, weights, is_software).await?,
            rms_norm_gate_up_swiglu: rms_norm_gate_up_swiglu::kernel(device, weights, is_software).await?,
            rank_logits: RankLogits::new(device, is_software).await?,
            sample: Sample::new(device, is_software).await?,
            heads,
            weights: weights.to_vec(),
            embedding,
        })
    }
}
