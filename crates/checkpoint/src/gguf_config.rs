//! A GGUF's key-values to a [`Config`], and back.
//!
//! Source: `gguf-py/gguf/constants.py` of llama.cpp for the keys. A `llama4` file has no key for the norm of queries
//! and keys, and llama.cpp leaves the last layer without it; MobileLLM-R1 has rotary embedding and norm on every layer.

use crate::gguf::Metadata;
use crate::gguf_writer::Entries;
use crate::{Architecture, Config, Error, LayerConfig};

/// Control tokens that end a turn or a text, by the names the families give them.
const ENDS: [&str; 8] = [
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|end|>",
    "<end_of_turn>",
    "</s>",
];
/// Keys of the same.
const EOS_KEYS: [&str; 3] = ["eos_token_id", "eot_token_id", "eom_token_id"];
/// `tokenizer.ggml.token_type` of a control token.
const CONTROL: i32 = 3;

/// Reads the configuration of a GGUF whose embedding has `vocab_size` rows.
pub(crate) fn parse(metadata: &Metadata, vocab_size: u32) -> Result<Config, Error> {
    let name = metadata.string("general.architecture").unwrap_or("(missing)");
    let architecture = match name {
        "llama4" => Architecture::Llama4Text,
        "llama" => Architecture::Llama,
        other => {
            let what = format!("GGUF architecture {other}");
            return Err(Error::Unsupported { what, supported: "llama4 (dense) and llama" });
        }
    };
    let keys = Keys { metadata, architecture: name };
    refuse_variants(&keys)?;
    let hidden_size = keys.u32("embedding_length")?;
    let num_attention_heads = keys.u32("attention.head_count")?;
    let head_dim = keys
        .optional_u32("attention.key_length")
        .or_else(|| keys.optional_u32("rope.dimension_count"))
        .or_else(|| hidden_size.checked_div(num_attention_heads))
        .unwrap_or(0);
    for key in ["attention.value_length", "rope.dimension_count"] {
        if let Some(found) = keys.optional_u32(key).filter(|found| *found != head_dim) {
            return Err(Error::config(
                keys.named(key),
                format!("{found}; expected {head_dim}, as the keys have"),
            ));
        }
    }
    let num_hidden_layers = keys.u32("block_count")?;
    let layer = LayerConfig {
        use_rope: true,
        use_qk_norm: architecture == Architecture::Llama4Text,
        attention_chunk_size: keys.optional_u32("attention.sliding_window").filter(|size| *size != 0),
        temperature: None,
    };
    Config {
        architecture,
        hidden_size,
        intermediate_size: keys.u32("feed_forward_length")?,
        num_hidden_layers,
        num_attention_heads,
        num_key_value_heads: keys.optional_u32("attention.head_count_kv").unwrap_or(num_attention_heads),
        head_dim,
        vocab_size,
        max_position_embeddings: keys.u32("context_length")?,
        rms_norm_eps: keys.f64("attention.layer_norm_rms_epsilon")? as f32,
        rope_theta: metadata.f64(&keys.named("rope.freq_base")).unwrap_or(10_000.0),
        rope_scaling: None,
        tie_word_embeddings: false,
        attention_bias: false,
        bos_token_id: metadata.u32("tokenizer.ggml.bos_token_id"),
        eos_token_ids: eos_token_ids(metadata),
        layers: vec![layer; num_hidden_layers.min(1024) as usize],
    }
    .check()
}

/// The key-values of a configuration, and those of a model called `name`.
///
/// # Errors
/// It has something that a GGUF has no key for.
pub(crate) fn entries(config: &Config, name: &str) -> Result<Entries, Error> {
    let refuse = |what: &str| {
        let what = format!("a GGUF of a model with {what}");
        Err(Error::Unsupported { what, supported: "configurations that GGUF has keys for" })
    };
    let llama4 = config.architecture == Architecture::Llama4Text;
    let chunk = config.layers.first().and_then(|layer| layer.attention_chunk_size);
    let layer =
        LayerConfig { use_rope: true, use_qk_norm: llama4, attention_chunk_size: chunk, temperature: None };
    if config.rope_scaling.is_some() {
        return refuse("rope_scaling");
    }
    if config.layers.iter().any(|found| *found != layer) {
        return refuse("layers without rotary embedding or without the norm of queries and keys");
    }
    if config.eos_token_ids.len() > EOS_KEYS.len() {
        return refuse("more than three tokens that end a generation");
    }
    let architecture = if llama4 { "llama4" } else { "llama" };
    let mut entries = Entries::default();
    entries.text("general.architecture", architecture);
    entries.text("general.name", name);
    let sizes = [
        ("block_count", config.num_hidden_layers),
        ("context_length", config.max_position_embeddings),
        ("embedding_length", config.hidden_size),
        ("feed_forward_length", config.intermediate_size),
        ("attention.head_count", config.num_attention_heads),
        ("attention.head_count_kv", config.num_key_value_heads),
        ("attention.key_length", config.head_dim),
        ("attention.value_length", config.head_dim),
        ("rope.dimension_count", config.head_dim),
        ("vocab_size", config.vocab_size),
    ];
    for (key, size) in sizes {
        entries.u32(&format!("{architecture}.{key}"), size);
    }
    if llama4 {
        for (key, size) in [
            ("expert_count", 0),
            ("interleave_moe_layer_step", 0),
            ("attention.sliding_window", chunk.unwrap_or(0)),
        ] {
            entries.u32(&format!("{architecture}.{key}"), size);
        }
    }
    entries.f32(&format!("{architecture}.attention.layer_norm_rms_epsilon"), config.rms_norm_eps);
    entries.f32(&format!("{architecture}.rope.freq_base"), config.rope_theta as f32);
    let ids = config.bos_token_id.map(|id| ("bos_token_id", id));
    let eos = EOS_KEYS.into_iter().zip(config.eos_token_ids.iter().copied());
    for (key, id) in ids.into_iter().chain(eos) {
        entries.u32(&format!("tokenizer.ggml.{key}"), id);
    }
    Ok(entries)
}

fn refuse_variants(keys: &Keys<'_>) -> Result<(), Error> {
    let refuse = |what: String, supported| Err(Error::Unsupported { what, supported });
    if keys.optional_u32("expert_count").is_some_and(|count| count != 0) {
        return refuse("a mixture of experts".to_owned(), "dense models");
    }
    match keys.metadata.string(&keys.named("rope.scaling.type")) {
        None | Some("none") => Ok(()),
        Some(other) => refuse(format!("rope.scaling.type {other} in a GGUF"), "none"),
    }
}

fn eos_token_ids(metadata: &Metadata) -> Vec<u32> {
    let mut ids: Vec<u32> =
        EOS_KEYS.iter().filter_map(|key| metadata.u32(&format!("tokenizer.ggml.{key}"))).collect();
    let tokens = metadata.strings("tokenizer.ggml.tokens").unwrap_or(&[]);
    let types = metadata.i32s("tokenizer.ggml.token_type").unwrap_or(&[]);
    for (id, (token, kind)) in (0..).zip(tokens.iter().zip(types)) {
        if *kind == CONTROL && ENDS.contains(&token.as_str()) {
            ids.push(id);
        }
    }
    ids
}

struct Keys<'a> {
    metadata: &'a Metadata,
    architecture: &'a str,
}

impl Keys<'_> {
    fn named(&self, key: &str) -> String {
        format!("{}.{key}", self.architecture)
    }

    fn optional_u32(&self, key: &str) -> Option<u32> {
        self.metadata.u32(&self.named(key))
    }

    fn u32(&self, key: &str) -> Result<u32, Error> {
        let missing = || Error::config(self.named(key), "missing or no whole number below 2^32");
        self.optional_u32(key).ok_or_else(missing)
    }

    fn f64(&self, key: &str) -> Result<f64, Error> {
        let missing = || Error::config(self.named(key), "missing or no number");
        self.metadata.f64(&self.named(key)).ok_or_else(missing)
    }
}
