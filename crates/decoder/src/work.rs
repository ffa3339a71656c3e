//! The kernels of one decoded token, each by itself: what is measured.

use gpu::Frame;

use crate::matrix::Matrix;
use crate::timeline::record;
use crate::weights::{Layer, Weights};
use crate::{Decoder, Timeline};

/// What a kernel does in a token, in the order of the pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Embed,
    Qkv,
    Attention,
    OProj,
    GateUp,
    DownProj,
    Head,
    RankLogits,
    Sample,
}

impl Work {
    pub(crate) const ALL: [Self; 9] = [
        Self::Embed,
        Self::Qkv,
        Self::Attention,
        Self::OProj,
        Self::GateUp,
        Self::DownProj,
        Self::Head,
        Self::RankLogits,
        Self::Sample,
    ];

    /// The kernel's name.
    pub(crate) fn kernel(self) -> &'static str {
        match self {
            Self::Embed => "embed",
            Self::Qkv | Self::Head => "rms_norm_matvec",
            Self::Attention => "rope_qk_norm_attention",
            Self::OProj | Self::DownProj => "matvec_residual",
            Self::GateUp => "rms_norm_matvec_swiglu",
            Self::RankLogits => "rank_logits",
            Self::Sample => "sample",
        }
    }

    /// What it is for.
    pub(crate) fn of(self) -> &'static str {
        match self {
            Self::Embed => "embedding",
            Self::Qkv => "q, k, v",
            Self::Attention => "attention",
            Self::OProj => "output",
            Self::GateUp => "gate, up",
            Self::DownProj => "down",
            Self::Head => "head",
            Self::RankLogits => "tiles of logits",
            Self::Sample => "token",
        }
    }

    /// The matrices that it multiplies in a token, one a layer.
    pub(crate) fn matrices(self, weights: &Weights) -> Vec<&Matrix> {
        let of_layers = |matrix: fn(&Layer) -> &Matrix| weights.layers.iter().map(matrix).collect();
        match self {
            Self::Embed | Self::Attention | Self::RankLogits | Self::Sample => Vec::new(),
            Self::Qkv => of_layers(|layer| &layer.qkv),
            Self::OProj => of_layers(|layer| &layer.o_proj),
            Self::GateUp => of_layers(|layer| &layer.gate_up),
            Self::DownProj => of_layers(|layer| &layer.down_proj),
            Self::Head => vec![weights.lm_head.as_ref().unwrap_or(&weights.embed_tokens)],
        }
    }

    /// Records all of it that one token at `position` needs.
    pub(crate) fn record(self, decoder: &Decoder, timeline: &Timeline, position: u32, frame: &mut Frame) {
        let (config, kernels, layers) = (&decoder.config, &decoder.kernels, &timeline.groups.layers);
        match self {
            Self::Embed => {
                for group in &timeline.groups.embed {
                    kernels.embed.record(frame, group, config.hidden_size / 32, 1);
                }
            }
            Self::Attention => {
                for index in 0..layers.len() {
                    timeline.record_attention(decoder, frame, position, index);
                }
            }
            Self::Head => record(&kernels.rms_norm_matmul, frame, &timeline.groups.head_of_one, 1),
            Self::RankLogits => timeline.chooser.rank(decoder, frame),
            Self::Sample => timeline.chooser.sample(decoder, frame),
            Self::Qkv | Self::OProj | Self::GateUp | Self::DownProj => {
                for groups in layers {
                    match self {
                        Self::Qkv => record(&kernels.rms_norm_matmul, frame, &groups.qkv, 1),
                        Self::OProj => record(&kernels.matmul_residual, frame, &groups.o_proj, 1),
                        Self::GateUp => record(&kernels.rms_norm_gate_up_swiglu, frame, &groups.gate_up, 1),
                        _ => record(&kernels.matmul_residual, frame, &groups.down_proj, 1),
                    }
                }
            }
        }
    }
}
