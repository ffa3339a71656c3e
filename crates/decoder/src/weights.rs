//! A model's weights on the GPU: the only place where roles meet buffers.

use bytemuck::cast_slice;
use checkpoint::{Config, Dtype, Held, Piece, Role};
use gpu::{Buffer, Device, Usage};
use kernels::rms_norm_gate_up_swiglu::STRIPE;

use crate::Error;
use crate::matrix::Matrix;

/// All weights of a model.
pub(crate) struct Weights {
    /// (V, C).
    pub(crate) embed_tokens: Matrix,
    /// (V, C); `None` where the embedding serves.
    pub(crate) lm_head: Option<Matrix>,
    /// (C).
    pub(crate) norm: Buffer,
    pub(crate) layers: Vec<Layer>,
    /// Stands where a kernel binds a bias and the model has none.
    pub(crate) none: Buffer,
    shape: Shape,
}

/// The weights of one layer.
pub(crate) struct Layer {
    /// (C).
    pub(crate) input_layernorm: Buffer,
    /// ((H + 2K) * D, C): q_proj, k_proj, v_proj.
    pub(crate) qkv: Matrix,
    /// ((H + 2K) * D).
    pub(crate) qkv_bias: Option<Buffer>,
    /// (C, H * D).
    pub(crate) o_proj: Matrix,
    /// (C).
    pub(crate) o_bias: Option<Buffer>,
    /// (C).
    pub(crate) post_attention_layernorm: Buffer,
    /// (2F, C): gate_proj and up_proj in stripes.
    pub(crate) gate_up: Matrix,
    /// (C, F).
    pub(crate) down_proj: Matrix,
}

/// Rows of q, k and v.
#[derive(Clone, Copy)]
struct Shape {
    q: u32,
    kv: u32,
}

impl Weights {
    /// Room for all weights, zeroed.
    pub(crate) async fn allocate(device: &Device, config: &Config, held: &Held) -> Result<Self, Error> {
        let shape = Shape {
            q: config.num_attention_heads * config.head_dim,
            kv: config.num_key_value_heads * config.head_dim,
        };
        let (c, v) = (config.hidden_size, config.vocab_size);
        let outer = async |label: &str, role: Role| {
            Matrix::allocate(device, label, c, &[(v, held.dtype(role, None))], 1).await
        };
        let embed_tokens = outer("embed_tokens", Role::EmbedTokens).await?;
        let lm_head = match config.tie_word_embeddings {
            true => None,
            false => Some(outer("lm_head", Role::LmHead).await?),
        };
        let mut layers = Vec::new();
        for layer in 0..config.num_hidden_layers {
            layers.push(Layer::allocate(device, config, held, shape, layer).await?);
        }
        let norm = vector(device, "norm", c).await?;
        Ok(Self { embed_tokens, lm_head, norm, layers, none: vector(device, "no bias", 4).await?, shape })
    }

    /// Puts a piece where it belongs.
    pub(crate) fn write(&self, device: &Device, piece: &Piece<'_>) {
        match *piece {
            Piece::Vector { role, layer, values } => {
                let (buffer, first) = self.vector(role, layer);
                device.write(buffer, u64::from(first) * 4, cast_slice(values));
            }
            Piece::Rows {
                role: role @ (Role::GateProj | Role::UpProj),
                layer,
                first_row,
                rows,
                quants,
                scales,
            } => {
                let gate_up = &self.layer(layer).gate_up;
                let (quants_row, scales_row) = (quants.len() / rows as usize, scales.len() / rows as usize);
                let mut row = first_row;
                while row < first_row + rows {
                    let end = (row / STRIPE + 1).saturating_mul(STRIPE).min(first_row + rows);
                    let here =
                        |width: usize| (row - first_row) as usize * width..(end - first_row) as usize * width;
                    let up = if role == Role::UpProj { STRIPE } else { 0 };
                    let there = row / STRIPE * 2 * STRIPE + row % STRIPE + up;
                    let (quants, scales) = (&quants[here(quants_row)], &scales[here(scales_row)]);
                    gate_up.write(device, there, end - row, quants, scales);
                    row = end;
                }
            }
            Piece::Rows { role, layer, first_row, rows, quants, scales } => {
                let (matrix, first) = self.matrix(role, layer);
                matrix.write(device, first + first_row, rows, quants, scales);
            }
        }
    }

    /// The matrix a role's rows lie in, and where they begin.
    fn matrix(&self, role: Role, layer: Option<u32>) -> (&Matrix, u32) {
        match role {
            Role::EmbedTokens => (&self.embed_tokens, 0),
            Role::LmHead => (self.lm_head.as_ref().unwrap_or(&self.embed_tokens), 0),
            Role::QProj => (&self.layer(layer).qkv, 0),
            Role::KProj => (&self.layer(layer).qkv, self.shape.q),
            Role::VProj => (&self.layer(layer).qkv, self.shape.q + self.shape.kv),
            Role::OProj => (&self.layer(layer).o_proj, 0),
            Role::DownProj => (&self.layer(layer).down_proj, 0),
            _ => unreachable!("{role:?} is no matrix of its own"),
        }
    }

    /// The vector a role's elements lie in, and where they begin.
    fn vector(&self, role: Role, layer: Option<u32>) -> (&Buffer, u32) {
        match role {
            Role::Norm => (&self.norm, 0),
            Role::InputLayernorm => (&self.layer(layer).input_layernorm, 0),
            Role::PostAttentionLayernorm => (&self.layer(layer).post_attention_layernorm, 0),
            Role::QBias => (self.qkv_bias(layer), 0),
            Role::KBias => (self.qkv_bias(layer), self.shape.q),
            Role::VBias => (self.qkv_bias(layer), self.shape.q + self.shape.kv),
            Role::OBias => (self.layer(layer).o_bias.as_ref().unwrap_or(&self.none), 0),
            _ => unreachable!("{role:?} is no vector"),
        }
    }

    fn qkv_bias(&self, layer: Option<u32>) -> &Buffer {
        self.layer(layer).qkv_bias.as_ref().unwrap_or(&self.none)
    }

    fn layer(&self, layer: Option<u32>) -> &Layer {
        &self.layers[layer.expect("roles of layers come with their layer") as usize]
    }
}

impl Layer {
    async fn allocate(
        device: &Device,
        config: &Config,
        held: &Held,
        shape: Shape,
        layer: u32,
    ) -> Result<Self, Error> {
        let (c, f, Shape { q, kv }) = (config.hidden_size, config.intermediate_size, shape);
        let dtype = |role: Role| held.dtype(role, Some(layer));
        let matrix = async |name: &str, columns: u32, sections: &[(u32, Dtype)], stripe: u32| {
            Matrix::allocate(device, &format!("layer {layer} {name}"), columns, sections, stripe).await
        };
        let qkv = [(q, dtype(Role::QProj)), (kv, dtype(Role::KProj)), (kv, dtype(Role::VProj))];
        let bias = async |name: &str, len: u32| match config.attention_bias {
            true => vector(device, name, len).await.map(Some),
            false => Ok(None),
        };
        Ok(Self {
            input_layernorm: vector(device, "input_layernorm", c).await?,
            qkv: matrix("qkv_proj", c, &qkv, 1).await?,
            qkv_bias: bias("qkv_bias", q + 2 * kv).await?,
            o_proj: matrix("o_proj", q, &[(c, dtype(Role::OProj))], 1).await?,
            o_bias: bias("o_bias", c).await?,
            post_attention_layernorm: vector(device, "post_attention_layernorm", c).await?,
            gate_up: matrix("gate_up_proj", c, &[(2 * f, dtype(Role::GateProj))], 2 * STRIPE).await?,
            down_proj: matrix("down_proj", f, &[(c, dtype(Role::DownProj))], 1).await?,
        })
    }
}

async fn vector(device: &Device, label: &str, len: u32) -> Result<Buffer, Error> {
    Ok(device.buffer(label, u64::from(len) * 4, Usage::Storage).await?)
}
