//! A model's weights in memory: the only place where roles meet matrices.

use checkpoint::{Config, Held, Piece, Role};

use crate::Error;
use crate::matrix::{Matrix, room};

/// All weights of a model.
pub(crate) struct Weights {
    /// (V, C).
    pub(crate) embed_tokens: Matrix,
    /// (V, C); `None` where the embedding serves.
    lm_head: Option<Matrix>,
    /// (C).
    pub(crate) norm: Vec<f32>,
    pub(crate) layers: Vec<Layer>,
}

/// The weights of one layer; a bias has no elements where the model has none.
pub(crate) struct Layer {
    /// (C).
    pub(crate) input_layernorm: Vec<f32>,
    /// (H * D, C), (K * D, C), (K * D, C).
    pub(crate) qkv: [Matrix; 3],
    pub(crate) qkv_bias: [Vec<f32>; 3],
    /// (C, H * D).
    pub(crate) o_proj: Matrix,
    pub(crate) o_bias: Vec<f32>,
    /// (C).
    pub(crate) post_attention_layernorm: Vec<f32>,
    /// (F, C), (F, C).
    pub(crate) gate_up: [Matrix; 2],
    /// (C, F).
    pub(crate) down_proj: Matrix,
}

impl Weights {
    /// Room for all weights, zeroed.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn allocate(config: &Config, held: &Held) -> Result<Self, Error> {
        let (c, v) = (config.hidden_size, config.vocab_size);
        let outer = |role| Matrix::allocate(held.dtype(role, None), v, c);
        let lm_head = (!config.tie_word_embeddings).then(|| outer(Role::LmHead)).transpose()?;
        let layers = (0..config.num_hidden_layers).map(|layer| Layer::allocate(config, held, layer));
        Ok(Self {
            embed_tokens: outer(Role::EmbedTokens)?,
            lm_head,
            norm: room(c as usize)?,
            layers: layers.collect::<Result<_, _>>()?,
        })
    }

    /// (V, C).
    pub(crate) fn head(&self) -> &Matrix {
        self.lm_head.as_ref().unwrap_or(&self.embed_tokens)
    }

    /// Bytes they take.
    pub(crate) fn size_bytes(&self) -> u64 {
        let vectors = |layer: &Layer| {
            let biases = layer.qkv_bias.iter().chain([&layer.o_bias]).map(Vec::len).sum::<usize>();
            (layer.input_layernorm.len() + layer.post_attention_layernorm.len() + biases) as u64 * 4
        };
        let layers = self.layers.iter().map(|layer| {
            let matrices = layer.qkv.iter().chain(&layer.gate_up).chain([&layer.o_proj, &layer.down_proj]);
            matrices.map(Matrix::size_bytes).sum::<u64>() + vectors(layer)
        });
        let outer = self.embed_tokens.size_bytes() + self.lm_head.as_ref().map_or(0, Matrix::size_bytes);
        outer + layers.sum::<u64>() + self.norm.len() as u64 * 4
    }

    /// Puts a piece where it belongs.
    pub(crate) fn write(&mut self, piece: &Piece<'_>) {
        match *piece {
            Piece::Vector { role, layer, values } => values.clone_into(self.vector(role, layer)),
            Piece::Rows { role, layer, first_row, rows, quants, scales } => {
                self.matrix(role, layer).write(first_row, rows, quants, scales);
            }
        }
    }

    fn matrix(&mut self, role: Role, layer: Option<u32>) -> &mut Matrix {
        match role {
            Role::EmbedTokens => &mut self.embed_tokens,
            Role::LmHead => self.lm_head.as_mut().unwrap_or(&mut self.embed_tokens),
            Role::QProj => &mut self.layer(layer).qkv[0],
            Role::KProj => &mut self.layer(layer).qkv[1],
            Role::VProj => &mut self.layer(layer).qkv[2],
            Role::OProj => &mut self.layer(layer).o_proj,
            Role::GateProj => &mut self.layer(layer).gate_up[0],
            Role::UpProj => &mut self.layer(layer).gate_up[1],
            Role::DownProj => &mut self.layer(layer).down_proj,
            _ => unreachable!("{role:?} is no matrix"),
        }
    }

    fn vector(&mut self, role: Role, layer: Option<u32>) -> &mut Vec<f32> {
        match role {
            Role::Norm => &mut self.norm,
            Role::InputLayernorm => &mut self.layer(layer).input_layernorm,
            Role::PostAttentionLayernorm => &mut self.layer(layer).post_attention_layernorm,
            Role::QBias => &mut self.layer(layer).qkv_bias[0],
            Role::KBias => &mut self.layer(layer).qkv_bias[1],
            Role::VBias => &mut self.layer(layer).qkv_bias[2],
            Role::OBias => &mut self.layer(layer).o_bias,
            _ => unreachable!("{role:?} is no vector"),
        }
    }

    fn layer(&mut self, layer: Option<u32>) -> &mut Layer {
        &mut self.layers[layer.expect("roles of layers come with their layer") as usize]
    }
}

impl Layer {
    fn allocate(config: &Config, held: &Held, layer: u32) -> Result<Self, Error> {
        let (c, f) = (config.hidden_size, config.intermediate_size);
        let q = config.num_attention_heads * config.head_dim;
        let kv = config.num_key_value_heads * config.head_dim;
        let matrix = |role, rows, columns| Matrix::allocate(held.dtype(role, Some(layer)), rows, columns);
        let bias = |rows: u32| room(if config.attention_bias { rows as usize } else { 0 });
        Ok(Self {
            input_layernorm: room(c as usize)?,
            qkv: [matrix(Role::QProj, q, c)?, matrix(Role::KProj, kv, c)?, matrix(Role::VProj, kv, c)?],
            qkv_bias: [bias(q)?, bias(kv)?, bias(kv)?],
            o_proj: matrix(Role::OProj, c, q)?,
            o_bias: bias(c)?,
            post_attention_layernorm: room(c as usize)?,
            gate_up: [matrix(Role::GateProj, f, c)?, matrix(Role::UpProj, f, c)?],
            down_proj: matrix(Role::DownProj, c, f)?,
        })
    }
}
