//! The shape of a model, whichever file described it.

/// The two decoders there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Architecture {
    /// The text model of Llama 4, dense: MobileLLM-R1.
    Llama4Text,
    /// Llama, as in SmolLM2.
    Llama,
}

/// What the forward pass needs to know of a model.
///
/// A `Config` that came out of a [`Checkpoint`](crate::Checkpoint) has been checked: no size is zero or absurd, heads
/// divide, and `layers` has one entry for each layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Which decoder.
    pub architecture: Architecture,
    /// C, the width of the residual stream.
    pub hidden_size: u32,
    /// F, the width of the (dense) feed-forward network.
    pub intermediate_size: u32,
    /// L.
    pub num_hidden_layers: u32,
    /// H.
    pub num_attention_heads: u32,
    /// K; H is a multiple of it.
    pub num_key_value_heads: u32,
    /// D; even.
    pub head_dim: u32,
    /// V.
    pub vocab_size: u32,
    /// The longest context the model was made for.
    pub max_position_embeddings: u32,
    /// Added to the mean square in every norm, the QK-norm too.
    pub rms_norm_eps: f32,
    /// Base of the rotary frequencies.
    pub rope_theta: f64,
    /// How the frequencies are stretched, if they are.
    pub rope_scaling: Option<Llama3Scaling>,
    /// Whether the head is the embedding.
    pub tie_word_embeddings: bool,
    /// Whether q, k, v and o have biases.
    pub attention_bias: bool,
    /// What a sequence begins with.
    pub bos_token_id: Option<u32>,
    /// What ends a generation: ascending, each once.
    pub eos_token_ids: Vec<u32>,
    /// What fills a batch.
    pub pad_token_id: Option<u32>,
    /// One for each layer.
    pub layers: Vec<LayerConfig>,
}

/// What differs between layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerConfig {
    /// Whether q and k are rotated.
    pub use_rope: bool,
    /// Whether q and k are normalised per head, without a weight, after they are rotated.
    pub use_qk_norm: bool,
    /// Position i sees j only where both lie in the same chunk of this many positions.
    pub attention_chunk_size: Option<u32>,
    /// How q grows with its position, on layers without RoPE.
    pub temperature: Option<Temperature>,
}

/// q at position p is multiplied by ln(1 + floor((p + 1) / floor_scale)) * attn_scale + 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature {
    /// Positions per step; not 0.
    pub floor_scale: u32,
    /// Height of a step.
    pub attn_scale: f32,
}

/// The frequency scaling of Llama 3.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Llama3Scaling {
    /// What low frequencies are divided by.
    pub factor: f32,
    /// Wavelengths above original_max_position_embeddings / low_freq_factor are low frequencies.
    pub low_freq_factor: f32,
    /// Wavelengths below original_max_position_embeddings / high_freq_factor are left alone.
    pub high_freq_factor: f32,
    /// The context before it was stretched.
    pub original_max_position_embeddings: u32,
}

impl Config {
    /// The rotary frequencies, (D/2), in the f32 arithmetic of transformers.
    pub fn inv_freq(&self) -> Vec<f32> {
        Vec::new()
    }
}
