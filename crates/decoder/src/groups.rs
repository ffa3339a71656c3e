//! What ties a timeline's buffers to the weights: parameters and bind groups, made once.

use bytemuck::{Pod, bytes_of};
use gpu::{BindGroup, Buffer, Usage};
use kernels::{
    Shape, attention, embed, matmul_residual, rms_norm_gate_up_swiglu, rms_norm_matmul, rope_qk_norm_append,
};

use crate::kv::Cache;
use crate::matrix::{Matrix, Piece};
use crate::{Decoder, Error};

/// Activations of one call: T tokens at most.
pub(crate) struct Activations {
    /// `kernels::Step` of the call.
    pub(crate) step: Buffer,
    /// `kernels::Step` of the head, which may take fewer tokens.
    pub(crate) head_step: Buffer,
    /// (T) u32.
    pub(crate) ids: Buffer,
    /// (T, C), the residual.
    pub(crate) x: Buffer,
    /// (T, (H + 2K) * D).
    pub(crate) qkv: Buffer,
    /// (T, H, D).
    pub(crate) o: Buffer,
    /// (T, F).
    pub(crate) h: Buffer,
    /// (rows, V).
    pub(crate) logits: Buffer,
}

impl Activations {
    /// All of them.
    pub(crate) fn buffers(&self) -> [&Buffer; 8] {
        let Self { step, head_step, ids, x, qkv, o, h, logits } = self;
        [step, head_step, ids, x, qkv, o, h, logits]
    }
}

/// A product with one piece of a matrix.
pub(crate) struct Product {
    pub(crate) group: BindGroup,
    pub(crate) shape: Shape,
}

/// The bind groups that never change.
pub(crate) struct Groups {
    pub(crate) embed: Vec<BindGroup>,
    pub(crate) layers: Vec<LayerGroups>,
    pub(crate) head: Vec<Product>,
}

/// Those of one layer.
pub(crate) struct LayerGroups {
    pub(crate) qkv: Vec<Product>,
    pub(crate) o_proj: Vec<Product>,
    pub(crate) gate_up: Vec<Product>,
    pub(crate) down_proj: Vec<Product>,
}

/// The bind groups of one layer that name its cache, made anew when the cache grows.
pub(crate) struct CacheGroups {
    pub(crate) rope_qk_norm_append: BindGroup,
    pub(crate) attention: BindGroup,
}

impl Groups {
    pub(crate) async fn new(decoder: &Decoder, activations: &Activations) -> Result<Self, Error> {
        let weights = &decoder.weights;
        let mut layers = Vec::new();
        for index in 0..weights.layers.len() {
            layers.push(LayerGroups::new(decoder, activations, index).await?);
        }
        let mut embed = Vec::new();
        for piece in &weights.embed_tokens.pieces {
            let params = embed::Params {
                rows: piece.rows,
                blocks: weights.embed_tokens.columns / 32,
                first_row: piece.first_row,
            };
            let buffers = embed::Buffers {
                params: &uniform(decoder, params).await?,
                step: &activations.step,
                quants: &piece.quants,
                scales: &piece.scales,
                ids: &activations.ids,
                x: &activations.x,
            };
            embed.push(decoder.kernels.embed.bind(&decoder.device, &buffers));
        }
        let matrix = weights.lm_head.as_ref().unwrap_or(&weights.embed_tokens);
        let normed = Normed { weight: &weights.norm, bias: None, y: &activations.logits };
        let head = rms_norm_matmuls(
            decoder,
            activations,
            &activations.head_step,
            matrix,
            decoder.config.vocab_size,
            normed,
        )
        .await?;
        Ok(Self { embed, layers, head })
    }
}

impl LayerGroups {
    async fn new(decoder: &Decoder, activations: &Activations, index: usize) -> Result<Self, Error> {
        let (config, layer) = (&decoder.config, &decoder.weights.layers[index]);
        let heads = config.num_attention_heads + 2 * config.num_key_value_heads;
        let normed =
            Normed { weight: &layer.input_layernorm, bias: layer.qkv_bias.as_ref(), y: &activations.qkv };
        let qkv = rms_norm_matmuls(
            decoder,
            activations,
            &activations.step,
            &layer.qkv,
            heads * config.head_dim,
            normed,
        )
        .await?;
        let o_proj =
            residuals(decoder, activations, &layer.o_proj, &activations.o, layer.o_bias.as_ref()).await?;
        let down_proj = residuals(decoder, activations, &layer.down_proj, &activations.h, None).await?;
        let mut gate_up = Vec::new();
        for piece in &layer.gate_up.pieces {
            let params = rms_norm_gate_up_swiglu::Params {
                rows: piece.rows / 2,
                blocks: layer.gate_up.columns / 32,
                first_row: piece.first_row / 2,
                stride: config.intermediate_size,
                eps: config.rms_norm_eps,
            };
            let buffers = rms_norm_gate_up_swiglu::Buffers {
                params: &uniform(decoder, params).await?,
                step: &activations.step,
                quants: &piece.quants,
                scales: &piece.scales,
                x: &activations.x,
                weight: &layer.post_attention_layernorm,
                h: &activations.h,
            };
            let kernel = &decoder.kernels.rms_norm_gate_up_swiglu;
            let group = rms_norm_gate_up_swiglu::bind(kernel, &decoder.device, &buffers);
            let shape = Shape { rows: piece.rows / 2, ..piece.shape(layer.gate_up.columns) };
            gate_up.push(Product { group, shape });
        }
        Ok(Self { qkv, o_proj, gate_up, down_proj })
    }
}

/// What a normed product reads beside x, and where it goes.
#[derive(Clone, Copy)]
struct Normed<'a> {
    weight: &'a Buffer,
    bias: Option<&'a Buffer>,
    y: &'a Buffer,
}

async fn rms_norm_matmuls(
    decoder: &Decoder,
    activations: &Activations,
    step: &Buffer,
    matrix: &Matrix,
    stride: u32,
    normed: Normed<'_>,
) -> Result<Vec<Product>, Error> {
    let mut products = Vec::new();
    for piece @ Piece { first_row, rows, quants, scales, .. } in &matrix.pieces {
        let params = rms_norm_matmul::Params {
            rows: *rows,
            blocks: matrix.columns / 32,
            first_row: *first_row,
            stride,
            eps: decoder.config.rms_norm_eps,
            has_bias: normed.bias.is_some().into(),
        };
        let buffers = rms_norm_matmul::Buffers {
            params: &uniform(decoder, params).await?,
            step,
            quants,
            scales,
            x: &activations.x,
            weight: normed.weight,
            bias: normed.bias.unwrap_or(&decoder.weights.none),
            y: normed.y,
        };
        let kernel = &decoder.kernels.rms_norm_matmul;
        let group = rms_norm_matmul::bind(kernel, &decoder.device, &buffers);
        products.push(Product { group, shape: piece.shape(matrix.columns) });
    }
    Ok(products)
}

async fn residuals(
    decoder: &Decoder,
    activations: &Activations,
    matrix: &Matrix,
    y: &Buffer,
    bias: Option<&Buffer>,
) -> Result<Vec<Product>, Error> {
    let mut products = Vec::new();
    for piece @ Piece { first_row, rows, quants, scales, .. } in &matrix.pieces {
        let params = matmul_residual::Params {
            rows: *rows,
            blocks: matrix.columns / 32,
            first_row: *first_row,
            stride: decoder.config.hidden_size,
            has_bias: bias.is_some().into(),
        };
        let buffers = matmul_residual::Buffers {
            params: &uniform(decoder, params).await?,
            step: &activations.step,
            quants,
            scales,
            y,
            bias: bias.unwrap_or(&decoder.weights.none),
            x: &activations.x,
        };
        let kernel = &decoder.kernels.matmul_residual;
        let group = matmul_residual::bind(kernel, &decoder.device, &buffers);
        products.push(Product { group, shape: piece.shape(matrix.columns) });
    }
    Ok(products)
}

impl CacheGroups {
    pub(crate) async fn new(
        decoder: &Decoder,
        activations: &Activations,
        index: usize,
        angles: &Buffer,
        cache: &Cache,
    ) -> Result<Self, Error> {
        let (config, layer) = (&decoder.config, decoder.config.layers[index]);
        let params = rope_qk_norm_append::Params {
            heads: config.num_attention_heads,
            kv_heads: config.num_key_value_heads,
            quads: config.head_dim / 8,
            use_rope: layer.use_rope.into(),
            use_qk_norm: layer.use_qk_norm.into(),
            eps: config.rms_norm_eps,
            floor_scale: layer.temperature.map_or(0, |temperature| temperature.floor_scale),
            attn_scale: layer.temperature.map_or(0.0, |temperature| temperature.attn_scale),
        };
        let buffers = rope_qk_norm_append::Buffers {
            params: &uniform(decoder, params).await?,
            step: &activations.step,
            angles,
            qkv: &activations.qkv,
            keys: &cache.keys,
            values: &cache.values,
        };
        let rope_qk_norm_append = decoder.kernels.rope_qk_norm_append.bind(&decoder.device, &buffers);
        let params = attention::Params {
            heads: config.num_attention_heads,
            kv_heads: config.num_key_value_heads,
            quads: config.head_dim / 4,
            chunk: layer.attention_chunk_size.unwrap_or(0),
            scale: 1.0 / (config.head_dim as f32).sqrt(),
            // Normed queries and keys have length sqrt(D) at most, and their product scaled is at most sqrt(D).
            is_bounded: layer.use_qk_norm.into(),
        };
        let buffers = attention::Buffers {
            params: &uniform(decoder, params).await?,
            step: &activations.step,
            qkv: &activations.qkv,
            keys: &cache.keys,
            values: &cache.values,
            o: &activations.o,
        };
        let attention = decoder.kernels.attention.bind(&decoder.device, &buffers);
        Ok(Self { rope_qk_norm_append, attention })
    }
}

async fn uniform<T: Pod>(decoder: &Decoder, params: T) -> Result<Buffer, Error> {
    Ok(decoder.device.upload("params", bytes_of(&params), Usage::Uniform).await?)
}
