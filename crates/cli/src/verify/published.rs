//! MobileLLM-R1 as Meta published it, and a checkpoint held against that.
//!
//! Source: the model table of facebookresearch/MobileLLM-R1; counts of parameters are those of transformers'
//! `Llama4ForCausalLM` of the same sizes.

use std::collections::BTreeMap;
use std::fmt::Display;

use checkpoint::{Architecture, Checkpoint, Config, LayerConfig, Role, Tensor};

use super::finding::Findings;
use crate::inspect::grouped;

/// Llama 3's: 128,000 of text and 256 special ones.
pub const LLAMA3_VOCABULARY: u32 = 128_256;
/// `rope_theta` and positions of a model that was taught to reason, and of a base model.
const STAGES: [(f64, u32); 2] = [(8e6, 32_768), (1e6, 4096)];
/// `<|eot_id|>`, which ends a turn.
const EOT: u32 = 128_009;

/// One of the published sizes.
pub struct Published {
    pub name: &'static str,
    hidden_size: u32,
    intermediate_size: u32,
    layers: u32,
    heads: u32,
    kv_heads: u32,
    tensors: usize,
    parameters: u64,
    embedding: u64,
    layer_matrices: u64,
    norms: u64,
    /// Whether `eos_token_id` of its `config.json` is known.
    eos_is_known: bool,
}

const ALL: [Published; 3] = [
    Published {
        name: "MobileLLM-R1-140M",
        hidden_size: 576,
        intermediate_size: 2048,
        layers: 15,
        heads: 9,
        kv_heads: 3,
        tensors: 137,
        parameters: 140_248_512,
        embedding: 73_875_456,
        layer_matrices: 66_355_200,
        norms: 17_856,
        eos_is_known: true,
    },
    Published {
        name: "MobileLLM-R1-360M",
        hidden_size: 1024,
        intermediate_size: 4096,
        layers: 15,
        heads: 16,
        kv_heads: 4,
        tensors: 137,
        parameters: 359_431_168,
        embedding: 131_334_144,
        layer_matrices: 228_065_280,
        norms: 31_744,
        eos_is_known: true,
    },
    Published {
        name: "MobileLLM-R1-950M",
        hidden_size: 1536,
        intermediate_size: 6144,
        layers: 22,
        heads: 24,
        kv_heads: 6,
        tensors: 200,
        parameters: 949_685_760,
        embedding: 197_001_216,
        layer_matrices: 752_615_424,
        norms: 69_120,
        eos_is_known: false,
    },
];

impl Published {
    /// The published model of this geometry.
    pub fn of(config: &Config) -> Option<&'static Self> {
        let found = (config.hidden_size, config.num_hidden_layers, config.num_attention_heads);
        ALL.iter().find(|one| (one.hidden_size, one.layers, one.heads) == found)
    }
}

/// What the model is verified as.
pub fn verified_as(config: &Config) -> String {
    match Published::of(config) {
        Some(published) => format!("{} or its base model", published.name),
        None => format!("another model of architecture {}", architecture(config)),
    }
}

/// Holds configuration and tensors against the published model of the same geometry.
pub fn check(findings: &mut Findings, checkpoint: &Checkpoint) {
    let published = Published::of(&checkpoint.config);
    let found = architecture(&checkpoint.config);
    findings.equal("architecture", found, published.map(|_| "llama4_text"));
    sizes(findings, &checkpoint.config, published);
    rules(findings, checkpoint, published);
    parameters(findings, checkpoint, published);
    files(findings, checkpoint, published);
}

fn architecture(config: &Config) -> &'static str {
    match config.architecture {
        Architecture::Llama4Text => "llama4_text",
        Architecture::Llama => "llama",
    }
}

fn sizes(findings: &mut Findings, config: &Config, published: Option<&Published>) {
    let mut size = |what: &str, found: u32, expected: fn(&Published) -> u32| {
        findings.equal(what, found, published.map(expected));
    };
    size("num_hidden_layers", config.num_hidden_layers, |one| one.layers);
    size("hidden_size", config.hidden_size, |one| one.hidden_size);
    size("width of the feed-forward", config.intermediate_size, |one| one.intermediate_size);
    size("num_attention_heads", config.num_attention_heads, |one| one.heads);
    size("num_key_value_heads", config.num_key_value_heads, |one| one.kv_heads);
    size("head_dim", config.head_dim, |_| 64);
    size("vocab_size", config.vocab_size, |_| LLAMA3_VOCABULARY);
}

fn rules(findings: &mut Findings, checkpoint: &Checkpoint, published: Option<&Published>) {
    let config = &checkpoint.config;
    let layers = |what: &str, holds: fn(&LayerConfig) -> bool| {
        let count = config.layers.iter().filter(|layer| holds(layer)).count();
        format!("{what} {count} of {} layers", config.num_hidden_layers)
    };
    let all = |what: &str| published.map(|one| format!("{what} {} of {0} layers", one.layers));
    let same = |expected: &'static str| published.map(|_| expected);
    findings.equal(
        "tie_word_embeddings",
        if config.tie_word_embeddings { "tied" } else { "apart" },
        same("tied"),
    );
    findings.equal("rotary embedding", layers("in", |layer| layer.use_rope), all("in"));
    findings.equal("norm of queries and keys", layers("in", |layer| layer.use_qk_norm), all("in"));
    let most = config.max_position_embeddings;
    let chunked =
        config.layers.iter().filter(|layer| layer.attention_chunk_size.is_some_and(|size| size < most));
    findings.equal("layers that do not look back to the start", chunked.count(), published.map(|_| 0));
    findings.equal("attention_bias", config.attention_bias, published.map(|_| false));
    let scaling = if config.rope_scaling.is_some() { "llama3" } else { "none" };
    findings.equal("rope_scaling", scaling, same("none"));
    findings.equal("rms_norm_eps", format!("{:e}", config.rms_norm_eps), same("1e-5"));
    stage(findings, config, published);
    findings.equal("bos_token_id", listed(config.bos_token_id.iter()), same("128000"));
    let eos = listed(config.eos_token_ids.iter());
    match published {
        // A GGUF names the ids in keys of their own, and may lack some.
        Some(one) if checkpoint.gguf.is_some() || !one.eos_is_known => {
            findings.hold("eos_token_id", eos, "128009 among them", config.eos_token_ids.contains(&EOT));
        }
        _ => findings.equal("eos_token_id", eos, same("128001, 128008, 128009")),
    }
}

/// Reasoning models were made from base models by stretching the rotary embedding eightfold.
fn stage(findings: &mut Findings, config: &Config, published: Option<&Published>) {
    let found = (config.rope_theta, config.max_position_embeddings);
    let words = |(theta, positions): (f64, u32)| format!("{theta} and {positions}");
    match published {
        Some(_) => {
            let expected = format!("{}; of a base model {}", words(STAGES[0]), words(STAGES[1]));
            findings.hold("rope_theta and positions", words(found), expected, STAGES.contains(&found));
        }
        None => findings.equal("rope_theta and positions", words(found), None::<String>),
    }
}

fn parameters(findings: &mut Findings, checkpoint: &Checkpoint, published: Option<&Published>) {
    let count = |holds: fn(&Tensor) -> bool| -> u64 {
        let tensors = checkpoint.tensors.iter().filter(|tensor| holds(tensor));
        tensors.map(|tensor| u64::from(tensor.rows) * u64::from(tensor.columns)).sum()
    };
    let is_outer = |tensor: &Tensor| matches!(tensor.role, Role::EmbedTokens | Role::LmHead);
    let mut row = |what: &str, found: u64, expected: fn(&Published) -> u64| {
        findings.equal(what, grouped(found), published.map(|one| grouped(expected(one))));
    };
    row("parameters", count(|_| true), |one| one.parameters);
    row("of these embedding and head", count(is_outer), |one| one.embedding);
    row(
        "of these matrices of layers",
        count(|tensor| !tensor.role.is_vector() && !matches!(tensor.role, Role::EmbedTokens | Role::LmHead)),
        |one| one.layer_matrices,
    );
    row("of these norms", count(|tensor| tensor.role.is_vector()), |one| one.norms);
}

fn files(findings: &mut Findings, checkpoint: &Checkpoint, published: Option<&Published>) {
    let tensors = checkpoint.tensors.len();
    let what = "tensors, all of the right shape and none beside them";
    match published {
        Some(one) => findings.equal(what, tensors, Some(one.tensors)),
        None => findings.hold(what, tensors, "those that the configuration asks for", true),
    }
    let mut dtypes: BTreeMap<&str, usize> = BTreeMap::new();
    for tensor in &checkpoint.tensors {
        *dtypes.entry(tensor.dtype.name()).or_default() += 1;
    }
    let bytes: u64 = checkpoint.tensors.iter().map(|tensor| tensor.size_bytes).sum();
    let types = dtypes.iter().map(|(name, count)| format!("{name} x{count}"));
    let found = format!("{} bytes: {}", grouped(bytes), types.collect::<Vec<_>>().join(", "));
    match published.filter(|_| checkpoint.gguf.is_none()) {
        Some(one) if dtypes.keys().all(|name| *name == "F32") => {
            let expected = format!("{} bytes: F32 x{}", grouped(4 * one.parameters), one.tensors);
            findings.equal("weights in the files", found, Some(expected));
        }
        Some(_) => {
            findings.skip("weights in the files", found, "they were published in F32; these are rounded")
        }
        None => findings.skip("weights in the files", found, "no published size for this form"),
    }
}

/// Ids, or "none".
pub fn listed(ids: impl Iterator<Item = impl Display>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
}
