//! What a model is, whichever file said so.

use std::ops::Range;

/// Which family's rules were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// `llama4_text`: MobileLLM-R1.
    Llama4Text,
    /// `llama`: SmolLM2 and its kin.
    Llama,
}

/// A decoder's shape and rules, in the words of `config.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Which family's rules were read.
    pub architecture: Architecture,
    /// C.
    pub hidden_size: u32,
    /// F, the width of the dense feed-forward: `intermediate_size_mlp` in `llama4_text`.
    pub intermediate_size: u32,
    /// L.
    pub num_hidden_layers: u32,
    /// H.
    pub num_attention_heads: u32,
    /// K.
    pub num_key_value_heads: u32,
    /// D.
    pub head_dim: u32,
    /// V.
    pub vocab_size: u32,
    /// Most positions the model was made for.
    pub max_position_embeddings: u32,
    /// Added to a mean square before its root is taken.
    pub rms_norm_eps: f32,
    /// Base of the rotary frequencies.
    pub rope_theta: f64,
    /// How the frequencies were stretched for longer contexts.
    pub rope_scaling: Option<Llama3Scaling>,
    /// The head is the embedding.
    pub tie_word_embeddings: bool,
    /// q, k, v and o have a bias.
    pub attention_bias: bool,
    /// The token a text begins with.
    pub bos_token_id: Option<u32>,
    /// Tokens that end a generation, in their order.
    pub eos_token_ids: Vec<u32>,
    /// One entry a layer.
    pub layers: Vec<LayerConfig>,
}

/// What differs between layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerConfig {
    /// Queries and keys are turned by their position.
    pub use_rope: bool,
    /// Queries and keys are normed a head each, after turning, without a weight.
    pub use_qk_norm: bool,
    /// Attention looks back to the start of its own chunk of so many positions.
    pub attention_chunk_size: Option<u32>,
    /// Queries grow with their position.
    pub temperature: Option<Temperature>,
}

impl LayerConfig {
    /// Positions that a token at `position` looks back on, its own among them.
    pub fn positions(&self, position: u32) -> u32 {
        self.attention_chunk_size.map_or(position, |chunk| position % chunk) + 1
    }
}

/// Temperature of a layer without rotary embedding: `ln(1 + floor((position + 1) / floor_scale)) * attn_scale + 1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature {
    /// Positions.
    pub floor_scale: u32,
    /// Not the scale of the softmax.
    pub attn_scale: f32,
}

impl Temperature {
    /// By what queries grow at `position`.
    pub fn at(&self, position: u32) -> f32 {
        let floor = f64::from((position + 1) / self.floor_scale);
        ((1.0 + floor).ln() * f64::from(self.attn_scale) + 1.0) as f32
    }
}

/// `rope_scaling` of type `llama3`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Llama3Scaling {
    /// By how much low frequencies are slowed.
    pub factor: f64,
    /// Waves longer than `original / low_freq_factor` are slowed fully.
    pub low_freq_factor: f64,
    /// Waves shorter than `original / high_freq_factor` are left alone.
    pub high_freq_factor: f64,
    /// Positions before the stretching.
    pub original_max_position_embeddings: f64,
}

impl Config {
    /// Rotary frequencies, (D/2), in the f32 arithmetic of transformers.
    ///
    /// Source: `ROPE_INIT_FUNCTIONS` of transformers, `default` and `llama3`.
    pub fn inv_freq(&self) -> Vec<f32> {
        let head_dim = self.head_dim as f32;
        let frequency = |i: u32| 1.0 / (self.rope_theta as f32).powf((2 * i) as f32 / head_dim);
        (0..self.head_dim / 2).map(frequency).map(|f| self.rope_scaling.map_or(f, |s| s.scaled(f))).collect()
    }

    /// Cosine and sine of every frequency at `positions`, (positions, D/2).
    ///
    /// Angles reach 32,767 radians: as transformers does it, an angle is an f32 product, and its sine is taken after that,
    /// here in f64.
    ///
    /// Source: `Llama4TextRotaryEmbedding` and `LlamaRotaryEmbedding` of transformers.
    pub fn rotations(&self, positions: Range<u32>) -> Vec<[f32; 2]> {
        let inv_freq = self.inv_freq();
        let row = |position: u32| {
            inv_freq.iter().map(move |frequency| {
                let angle = f64::from(position as f32 * frequency);
                [angle.cos() as f32, angle.sin() as f32]
            })
        };
        positions.flat_map(row).collect()
    }

    /// Elements of all matrices that a token passes through, the head included.
    pub fn matrix_elements(&self) -> u64 {
        let [c, f, h, k, v, l] = [
            self.hidden_size,
            self.intermediate_size,
            self.num_attention_heads * self.head_dim,
            self.num_key_value_heads * self.head_dim,
            self.vocab_size,
            self.num_hidden_layers,
        ]
        .map(u64::from);
        l * (2 * c * h + 2 * c * k + 3 * c * f) + c * v
    }

    /// Numbers the KV cache holds for one position.
    pub fn kv_elements_per_position(&self) -> u64 {
        2 * u64::from(self.num_hidden_layers) * u64::from(self.num_key_value_heads) * u64::from(self.head_dim)
    }

    /// Refuses what no decoder of ours could run; called once, whichever file spoke.
    pub(crate) fn check(mut self) -> Result<Self, crate::Error> {
        self.eos_token_ids.sort_unstable();
        self.eos_token_ids.dedup();
        let fault = |key: &str, fault: String| Err(crate::Error::config(key, fault));
        let in_range = [
            ("num_hidden_layers", self.num_hidden_layers, 1024),
            ("hidden_size", self.hidden_size, 1 << 15),
            ("intermediate_size", self.intermediate_size, 1 << 17),
            ("num_attention_heads", self.num_attention_heads, 1024),
            ("num_key_value_heads", self.num_key_value_heads, 1024),
            ("head_dim", self.head_dim, 256),
            ("vocab_size", self.vocab_size, 1 << 20),
            ("max_position_embeddings", self.max_position_embeddings, 1 << 24),
        ];
        for (key, found, most) in in_range {
            if !(1..=most).contains(&found) {
                return fault(key, format!("{found}; expected 1 to {most}"));
            }
        }
        if !self.num_attention_heads.is_multiple_of(self.num_key_value_heads) {
            let (heads, kv_heads) = (self.num_attention_heads, self.num_key_value_heads);
            return fault(
                "num_key_value_heads",
                format!("{kv_heads} does not divide {heads} attention heads"),
            );
        }
        if !self.head_dim.is_multiple_of(8) {
            return fault("head_dim", format!("{}; expected a multiple of 8", self.head_dim));
        }
        let columns = [
            ("hidden_size", self.hidden_size),
            ("intermediate_size", self.intermediate_size),
            ("num_attention_heads * head_dim", self.num_attention_heads * self.head_dim),
        ];
        for (key, found) in columns {
            if !found.is_multiple_of(32) {
                return fault(
                    key,
                    format!("{found}; weights are held in blocks of 32, expected a multiple of it"),
                );
            }
        }
        if !(self.rms_norm_eps > 0.0 && self.rms_norm_eps < 1.0) {
            return fault("rms_norm_eps", format!("{}; expected a small positive number", self.rms_norm_eps));
        }
        if !(self.rope_theta >= 1.0 && self.rope_theta <= 1e12) {
            return fault("rope_theta", format!("{}; expected 1 to 1e12", self.rope_theta));
        }
        Ok(self)
    }
}

impl Llama3Scaling {
    fn scaled(&self, frequency: f32) -> f32 {
        let original = self.original_max_position_embeddings;
        let wavelength = 2.0 * std::f64::consts::PI / f64::from(frequency);
        if wavelength > original / self.low_freq_factor {
            return (f64::from(frequency) / self.factor) as f32;
        }
        if wavelength < original / self.high_freq_factor || self.low_freq_factor == self.high_freq_factor {
            return frequency;
        }
        let smooth =
            (original / wavelength - self.low_freq_factor) / (self.high_freq_factor - self.low_freq_factor);
        let frequency = f64::from(frequency);
        ((1.0 - smooth) * frequency / self.factor + smooth * frequency) as f32
    }
}
