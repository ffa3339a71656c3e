//! Which tensors a configuration asks for, and their bytes.

use serde_json::Value;

use crate::seeded::{FileType, tensor_bytes};

/// One file of a model.
#[derive(Clone)]
pub struct ModelFile {
    /// Its name within the model's folder.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// One tensor under its Hugging Face name.
pub struct Tensor {
    /// `model.layers.0.self_attn.q_proj.weight` and the like.
    pub name: String,
    /// (rows, columns) of a matrix, (length) of a vector.
    pub shape: Vec<usize>,
    /// How its bytes are to be read.
    pub dtype: FileType,
    /// Its bytes, row after row.
    pub bytes: Vec<u8>,
}

/// What of a configuration decides shapes.
pub(crate) struct Geometry {
    pub llama4: bool,
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub layers: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
    pub vocab_size: usize,
    pub tied: bool,
    pub attention_bias: bool,
}

impl Geometry {
    pub fn of(config: &Value) -> Self {
        let size = |key: &str| config[key].as_u64().map(|size| size as usize);
        let need = |key: &str| size(key).unwrap_or_else(|| panic!("{key} is missing"));
        let llama4 = config["model_type"] == "llama4_text";
        let heads = need("num_attention_heads");
        Self {
            llama4,
            hidden_size: need("hidden_size"),
            intermediate_size: need(if llama4 { "intermediate_size_mlp" } else { "intermediate_size" }),
            layers: need("num_hidden_layers"),
            heads,
            kv_heads: size("num_key_value_heads").unwrap_or(heads),
            head_dim: size("head_dim").unwrap_or(if llama4 { 128 } else { need("hidden_size") / heads }),
            vocab_size: need("vocab_size"),
            tied: config["tie_word_embeddings"] == true,
            attention_bias: config["attention_bias"] == true,
        }
    }

    /// (name, shape) of every tensor.
    fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        let (c, f) = (self.hidden_size, self.intermediate_size);
        let (q, kv) = (self.heads * self.head_dim, self.kv_heads * self.head_dim);
        let mlp = if self.llama4 { "feed_forward" } else { "mlp" };
        let mut shapes = vec![("model.embed_tokens.weight".to_owned(), vec![self.vocab_size, c])];
        for layer in 0..self.layers {
            let mut add = |name: &str, shape: &[usize]| {
                shapes.push((format!("model.layers.{layer}.{name}"), shape.to_vec()));
            };
            add("input_layernorm.weight", &[c]);
            for (name, rows, columns) in
                [("q_proj", q, c), ("k_proj", kv, c), ("v_proj", kv, c), ("o_proj", c, q)]
            {
                add(&format!("self_attn.{name}.weight"), &[rows, columns]);
                if self.attention_bias {
                    add(&format!("self_attn.{name}.bias"), &[rows]);
                }
            }
            add("post_attention_layernorm.weight", &[c]);
            add(&format!("{mlp}.gate_proj.weight"), &[f, c]);
            add(&format!("{mlp}.up_proj.weight"), &[f, c]);
            add(&format!("{mlp}.down_proj.weight"), &[c, f]);
        }
        shapes.push(("model.norm.weight".to_owned(), vec![c]));
        if !self.tied {
            shapes.push(("lm_head.weight".to_owned(), vec![self.vocab_size, c]));
        }
        shapes
    }
}

/// Every tensor of `config`, drawn from `seed`. `dtypes` are (part of a name, type) pairs; the first that fits holds.
///
/// # Panics
/// A size is missing from `config`, or no pair fits a tensor.
pub fn tensors(config: &Value, dtypes: &[(String, FileType)], seed: u64, amplitude: f32) -> Vec<Tensor> {
    let shapes = Geometry::of(config).shapes();
    let drawn = shapes.into_iter().map(|(name, shape)| {
        let dtype = dtypes.iter().find(|(part, _)| name.contains(part.as_str()));
        let dtype = dtype.unwrap_or_else(|| panic!("{name}: no type is given")).1;
        let bytes = tensor_bytes(&name, shape.iter().product(), dtype, seed, amplitude);
        Tensor { name, shape, dtype, bytes }
    });
    drawn.collect()
}
