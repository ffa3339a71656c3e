//! What a tensor is for, and what files call it.

/// What a tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// (V, C), and the head as well where the two are tied.
    EmbedTokens,
    /// (V, C).
    LmHead,
    /// (C), before the head.
    Norm,
    /// (C), before attention.
    InputLayernorm,
    /// (C), before the feed-forward.
    PostAttentionLayernorm,
    /// (H * D, C).
    QProj,
    /// (K * D, C).
    KProj,
    /// (K * D, C).
    VProj,
    /// (C, H * D).
    OProj,
    /// (F, C).
    GateProj,
    /// (F, C).
    UpProj,
    /// (C, F).
    DownProj,
    /// (H * D).
    QBias,
    /// (K * D).
    KBias,
    /// (K * D).
    VBias,
    /// (C).
    OBias,
}

/// How the rows of a head of `q_proj` and `k_proj` follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOrder {
    /// Rotary pairs lie side by side: rows 2i and 2i + 1.
    AdjacentPairs,
    /// Rotary pairs lie half a head apart: rows i and i + D/2. The order all pieces come out in.
    Halves,
}

impl Role {
    /// Roles outside the layers.
    pub(crate) const OUTER: [Self; 3] = [Self::EmbedTokens, Self::Norm, Self::LmHead];
    /// Roles of every layer.
    pub(crate) const LAYER: [Self; 9] = [
        Self::InputLayernorm,
        Self::QProj,
        Self::KProj,
        Self::VProj,
        Self::OProj,
        Self::PostAttentionLayernorm,
        Self::GateProj,
        Self::UpProj,
        Self::DownProj,
    ];
    /// Roles of every layer where the configuration has `attention_bias`.
    pub(crate) const BIASES: [Self; 4] = [Self::QBias, Self::KBias, Self::VBias, Self::OBias];

    /// A vector of f32: norms and biases.
    pub const fn is_vector(self) -> bool {
        matches!(
            self,
            Self::Norm
                | Self::InputLayernorm
                | Self::PostAttentionLayernorm
                | Self::QBias
                | Self::KBias
                | Self::VBias
                | Self::OBias
        )
    }

    /// Its rows are turned by rotary embedding.
    pub(crate) const fn is_turned(self) -> bool {
        matches!(self, Self::QProj | Self::KProj | Self::QBias | Self::KBias)
    }

    /// Its name in a Hugging Face checkpoint; `feed_forward` is `feed_forward` or `mlp`.
    pub(crate) fn hugging_face_name(self, layer: Option<u32>, feed_forward: &str) -> String {
        let inner = match self {
            Self::EmbedTokens => return "model.embed_tokens.weight".to_owned(),
            Self::Norm => return "model.norm.weight".to_owned(),
            Self::LmHead => return "lm_head.weight".to_owned(),
            Self::InputLayernorm => "input_layernorm.weight".to_owned(),
            Self::PostAttentionLayernorm => "post_attention_layernorm.weight".to_owned(),
            Self::QProj => "self_attn.q_proj.weight".to_owned(),
            Self::KProj => "self_attn.k_proj.weight".to_owned(),
            Self::VProj => "self_attn.v_proj.weight".to_owned(),
            Self::OProj => "self_attn.o_proj.weight".to_owned(),
            Self::QBias => "self_attn.q_proj.bias".to_owned(),
            Self::KBias => "self_attn.k_proj.bias".to_owned(),
            Self::VBias => "self_attn.v_proj.bias".to_owned(),
            Self::OBias => "self_attn.o_proj.bias".to_owned(),
            Self::GateProj => format!("{feed_forward}.gate_proj.weight"),
            Self::UpProj => format!("{feed_forward}.up_proj.weight"),
            Self::DownProj => format!("{feed_forward}.down_proj.weight"),
        };
        format!("model.layers.{}.{inner}", layer.unwrap_or_default())
    }

    /// Its name in a GGUF.
    pub(crate) fn gguf_name(self, layer: Option<u32>) -> String {
        let inner = match self {
            Self::EmbedTokens => return "token_embd.weight".to_owned(),
            Self::Norm => return "output_norm.weight".to_owned(),
            Self::LmHead => return "output.weight".to_owned(),
            Self::InputLayernorm => "attn_norm.weight",
            Self::PostAttentionLayernorm => "ffn_norm.weight",
            Self::QProj => "attn_q.weight",
            Self::KProj => "attn_k.weight",
            Self::VProj => "attn_v.weight",
            Self::OProj => "attn_output.weight",
            Self::QBias => "attn_q.bias",
            Self::KBias => "attn_k.bias",
            Self::VBias => "attn_v.bias",
            Self::OBias => "attn_output.bias",
            Self::GateProj => "ffn_gate.weight",
            Self::UpProj => "ffn_up.weight",
            Self::DownProj => "ffn_down.weight",
        };
        format!("blk.{}.{inner}", layer.unwrap_or_default())
    }
}
