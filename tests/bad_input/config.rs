//! A `config.json` that is damaged or lies.

use reckon_tests::{Case, Fixture};
use serde_json::{Value, json};

use crate::safetensors::write;
use crate::{Refusal, assert_none};

/// A key, what it is said to be, and what the line that refuses it must hold.
fn lies() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("model_type", json!("qwen3"), "qwen3"),
        ("model_type", json!(null), "model_type"),
        ("hidden_size", json!(128), "shape"),
        ("hidden_size", json!(0), "hidden_size"),
        ("hidden_size", json!(-96), "hidden_size"),
        ("hidden_size", json!(96.5), "hidden_size"),
        ("hidden_size", json!("96"), "hidden_size"),
        ("hidden_size", json!(1u64 << 31), "hidden_size"),
        ("hidden_size", json!(null), "hidden_size"),
        ("intermediate_size_mlp", json!(128), "shape"),
        ("intermediate_size_mlp", json!(4_000_000_000u64), "intermediate_size"),
        ("num_hidden_layers", json!(6), "layers"),
        ("num_hidden_layers", json!(4), "layers"),
        ("num_hidden_layers", json!(1_000_000_000), "layers"),
        ("num_attention_heads", json!(5), ""),
        ("num_attention_heads", json!(0), "heads"),
        ("num_key_value_heads", json!(4), "divide"),
        ("num_key_value_heads", json!(0), "heads"),
        ("head_dim", json!(15), "head_dim"),
        ("head_dim", json!(0), "head_dim"),
        ("head_dim", json!(32), "shape"),
        ("vocab_size", json!(200), "shape"),
        ("vocab_size", json!(1e12), "vocab_size"),
        ("max_position_embeddings", json!(0), "max_position_embeddings"),
        ("rms_norm_eps", json!(-1), "rms_norm_eps"),
        ("rms_norm_eps", json!("tiny"), "rms_norm_eps"),
        ("rope_theta", json!(0), "rope_theta"),
        ("rope_theta", json!(1e300), "rope_theta"),
        ("rope_scaling", json!({ "rope_type": "yarn", "factor": 4.0 }), "yarn"),
        ("rope_scaling", json!({ "rope_type": "llama3", "factor": 4.0 }), "low_freq_factor"),
        ("rope_scaling", json!("llama3"), "rope_scaling"),
        ("no_rope_layers", json!([1, 1]), "no_rope_layers"),
        ("no_rope_layers", json!("none"), "no_rope_layers"),
        ("layer_types", json!(["full_attention"]), "layer_types"),
        (
            "layer_types",
            json!(["full_attention", "full_attention", "linear", "full_attention", "full_attention"]),
            "linear",
        ),
        ("moe_layers", json!([1]), "experts"),
        ("hidden_act", json!("gelu"), "gelu"),
        ("attention_bias", json!(true), "bias"),
        ("eos_token_id", json!("end"), "eos_token_id"),
    ]
}

#[test]
fn a_config_that_lies_is_refused_before_any_weight_is_read() {
    let sound = Case::named("one_token_bf16_sharded").config;
    let mut faults = Vec::new();
    for (key, value, says) in lies() {
        let mut config = sound.clone();
        config[key] = value.clone();
        let fixture = Fixture::default();
        write(&fixture, "config.json", config.to_string().as_bytes());
        faults.extend(Refusal::of(format!("{key}: {value}"), says).header_faults(fixture.folder()));
    }
    assert_none(faults);
}

#[test]
fn a_config_that_is_none_is_refused() {
    let mut faults = Vec::new();
    let nested = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let texts: [(&str, &[u8]); 5] = [
        ("nothing", b""),
        ("a list", b"[]"),
        ("half an object", b"{\"model_type\":"),
        ("no text", &[0xff; 40]),
        ("a deep nest", &nested),
    ];
    for (what, text) in texts {
        let fixture = Fixture::default();
        write(&fixture, "config.json", text);
        faults.extend(
            Refusal::of(format!("a config.json of {what}"), "config").header_faults(fixture.folder()),
        );
    }
    assert_none(faults);
}
