//! What ties a timeline's buffers to the weights: parameters and bind groups, made once.

use bytemuck::{Pod, bytes_of};
use checkpoint::{Config, LayerConfig};
use gpu::{BindGroup, Buffer, Usage};
use kernels::{
    Shape, attention, attention_merge, embed, matmul_residual, rms_norm_gate_up_swiglu, rms_norm_matmul,
    rope_qk_norm_append, rope_qk_norm_attention,
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
    /// (splits, H, D + 4).
    pub(crate) partials: Buffer,
    /// (T, F).
    pub(crate) h: Buffer,
    /// (rows, V).
    pub(crate) logits: Buffer,
}

impl Activations {
    /// All of them.
    pub(crate) fn buffers(&self) -> [&Buffer; 9] {
        let Self { step, head_step, ids, x, qkv, o, partials, h, logits } = self;
        [step, head_step, ids, x, qkv, o, partials, h, logits]
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
    pub(crate) attention_merge: BindGroup,
    /// Of the tokens that `head_step` names.
    pub(crate) head: Vec<Product>,
    /// Of the only token there is.
    pub(crate) head_of_one: Vec<Product>,
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
    pub(crate) rope_qk_norm_attention: BindGroup,
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
        let head = async |step: &Buffer| {
            rms_norm_matmuls(decoder, activations, step, matrix, decoder.config.vocab_size, normed).await
        };
        let (head, head_of_one) = (head(&activations.head_step).await?, head(&activations.step).await?);
        let config = &decoder.config;
        let params =
            attention_merge::Params { heads: config.num_attention_heads, quads: config.head_dim / 4 };
        let buffers = attention_merge::Buffers {
            params: &uniform(decoder, params).await?,
            partials: &activations.partials,
            o: &activations.o,
        };
        let attention_merge = decoder.kernels.attention_merge.bind(&decoder.device, &buffers);
        Ok(Self { embed, layers, attention_merge, head, head_of_one })
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
        let (kernels, device, step) = (&decoder.kernels, &decoder.device, &activations.step);
        let (Activations { qkv, o, partials, .. }, Cache { keys, values }) = (activations, cache);
        let fused = attention_params(config, &layer);
        let rope_qk_norm_attention::Params { heads, kv_heads, quads, chunk, scale, is_bounded, .. } = fused;
        let rope_qk_norm_attention::Params { use_rope, use_qk_norm, eps, floor_scale, attn_scale, .. } =
            fused;
        let params = rope_qk_norm_append::Params {
            heads,
            kv_heads,
            quads: quads / 2,
            use_rope,
            use_qk_norm,
            eps,
            floor_scale,
            attn_scale,
        };
        let params = &uniform(decoder, params).await?;
        let buffers = rope_qk_norm_append::Buffers { params, step, angles, qkv, keys, values };
        let rope_qk_norm_append = kernels.rope_qk_norm_append.bind(device, &buffers);
        let params = attention::Params { heads, kv_heads, quads, chunk, scale, is_bounded };
        let params = &uniform(decoder, params).await?;
        let buffers = attention::Buffers { params, step, qkv, keys, values, o };
        let attention = kernels.attention.bind(device, &buffers);
        let params = &uniform(decoder, fused).await?;
        let buffers =
            rope_qk_norm_attention::Buffers { params, step, angles, qkv, keys, values, partials, o };
        let rope_qk_norm_attention = kernels.rope_qk_norm_attention.bind(device, &buffers);
        Ok(Self { rope_qk_norm_append, attention, rope_qk_norm_attention })
    }
}

/// What the kernels of attention are told of a layer.
fn attention_params(config: &Config, layer: &LayerConfig) -> rope_qk_norm_attention::Params {
    rope_qk_norm_attention::Params {
        heads: config.num_attention_heads,
        kv_heads: config.num_key_value_heads,
        quads: config.head_dim / 4,
        chunk: layer.attention_chunk_size.unwrap_or(0),
        scale: 1.0 / (config.head_dim as f32).sqrt(),
        // Normed queries and keys have length sqrt(D) at most, and their product scaled is at most sqrt(D).
        is_bounded: layer.use_qk_norm.into(),
        use_rope: layer.use_rope.into(),
        use_qk_norm: layer.use_qk_norm.into(),
        eps: config.rms_norm_eps,
        floor_scale: layer.temperature.map_or(0, |temperature| temperature.floor_scale),
        attn_scale: layer.temperature.map_or(0.0, |temperature| temperature.attn_scale),
    }
}

async fn uniform<T: Pod>(decoder: &Decoder, params: T) -> Result<Buffer, Error> {
    Ok(decoder.device.upload("params", bytes_of(&params), Usage::Uniform).await?)
}
