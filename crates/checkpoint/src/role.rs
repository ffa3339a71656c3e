//! What a tensor is to the model, whatever its file calls it.

use crate::Config;

/// The part a tensor plays; the names are those of Hugging Face checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// (V, C): a row for each token; the head as well where word embeddings are tied.
    EmbedTokens,
    /// (V, C): present where word embeddings are not tied.
    LmHead,
    /// (C): the norm before the head.
    Norm,
    /// (C): the norm before attention.
    InputLayernorm,
    /// (C): the norm before the feed-forward network, in spite of its name.
    PostAttentionLayernorm,
    /// (H*D, C), rows in half-rotate order.
    QProj,
    /// (K*D, C), rows in half-rotate order.
    KProj,
    /// (K*D, C).
    VProj,
    /// (C, H*D).
    OProj,
    /// (F, C).
    GateProj,
    /// (F, C).
    UpProj,
    /// (C, F).
    DownProj,
    /// (H*D), in half-rotate order.
    QBias,
    /// (K*D), in half-rotate order.
    KBias,
    /// (K*D).
    VBias,
    /// (C).
    OBias,
}

impl Role {
    /// Every role: those of the model, then those of each layer in the order of the forward pass.
    pub const ALL: [Self; 16] = [
        Self::EmbedTokens,
        Self::LmHead,
        Self::Norm,
        Self::InputLayernorm,
        Self::QProj,
        Self::KProj,
        Self::VProj,
        Self::OProj,
        Self::QBias,
        Self::KBias,
        Self::VBias,
        Self::OBias,
        Self::PostAttentionLayernorm,
        Self::GateProj,
        Self::UpProj,
        Self::DownProj,
    ];

    /// Whether each layer has one of its own.
    pub const fn in_layer(self) -> bool {
        !matches!(self, Self::EmbedTokens | Self::LmHead | Self::Norm)
    }

    /// Whether it is a bias of attention.
    pub const fn is_bias(self) -> bool {
        matches!(self, Self::QBias | Self::KBias | Self::VBias | Self::OBias)
    }

    /// Whether it comes as packed rows ([`Piece::Rows`](crate::Piece::Rows)) rather than as an f32 vector.
    pub const fn is_matrix(self) -> bool {
        !self.is_bias() && !matches!(self, Self::Norm | Self::InputLayernorm | Self::PostAttentionLayernorm)
    }

    /// Rows and columns in a model of this configuration; a vector has one row.
    pub const fn shape(self, config: &Config) -> (u32, u32) {
        let c = config.hidden_size;
        let q = config.num_attention_heads * config.head_dim;
        let kv = config.num_key_value_heads * config.head_dim;
        match self {
            Self::EmbedTokens | Self::LmHead => (config.vocab_size, c),
            Self::Norm | Self::InputLayernorm | Self::PostAttentionLayernorm | Self::OBias => (1, c),
            Self::QProj => (q, c),
            Self::KProj | Self::VProj => (kv, c),
            Self::OProj => (c, q),
            Self::GateProj | Self::UpProj => (config.intermediate_size, c),
            Self::DownProj => (c, config.intermediate_size),
            Self::QBias => (1, q),
            Self::KBias | Self::VBias => (1, kv),
        }
    }

    /// Whether its rows (or elements) pass through RoPE, so that their order within a head matters.
    pub const fn rotates(self) -> bool {
        matches!(self, Self::QProj | Self::KProj | Self::QBias | Self::KBias)
    }
}
