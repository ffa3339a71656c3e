"""The golden cases: which model, in which file, over which token ids.

A case is a `config.json` as published models write it, how its weights lie in files, and how long the input is.
"""

LLAMA4 = dict(
    architectures=["Llama4ForCausalLM"], model_type="llama4_text", torch_dtype="float32",
    vocab_size=199, hidden_size=96, intermediate_size=77, intermediate_size_mlp=160, num_hidden_layers=5,
    num_attention_heads=6, num_key_value_heads=2, head_dim=16, max_position_embeddings=1024, rms_norm_eps=1e-5,
    rope_theta=8000000.0, rope_scaling=None, moe_layers=[], interleave_moe_layer_step=0, num_local_experts=0,
    num_experts_per_tok=0, use_qk_norm=True, attn_temperature_tuning=False, attn_scale=0.1, floor_scale=8192,
    attention_chunk_size=32768, tie_word_embeddings=True, no_rope_layers=[1] * 9,
    layer_types=["full_attention"] * 5, attention_bias=False, bos_token_id=1, eos_token_id=[2, 3],
    pad_token_id=None, hidden_act="silu",
)
LLAMA = dict(
    architectures=["LlamaForCausalLM"], model_type="llama", torch_dtype="float32",
    vocab_size=211, hidden_size=96, intermediate_size=160, num_hidden_layers=4, num_attention_heads=3,
    num_key_value_heads=1, max_position_embeddings=1024, rms_norm_eps=1e-5, rope_theta=100000.0,
    rope_scaling=None, attention_bias=False, mlp_bias=False, tie_word_embeddings=True, bos_token_id=1,
    eos_token_id=2, pad_token_id=2, hidden_act="silu",
)
LLAMA3_SCALING = dict(
    rope_type="llama3", factor=16.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64,
)
FEW = [0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 600, 775, 776]


def config(base, **changes):
    """`base` with changes; a change to `...` (Ellipsis) leaves the key out, as older or terser files do."""
    merged = {key: value for key, value in {**base, **changes}.items() if value is not ...}
    layers = merged["num_hidden_layers"]
    if len(merged.get("no_rope_layers") or []) == 9:
        merged["no_rope_layers"] = [1] * (layers + 4)
    if "layer_types" in merged:
        merged["layer_types"] = ["full_attention"] * layers
    return merged


def case(config, tokens=41, container="safetensors", dtypes="F32", amplitude=0.25):
    """`container`: safetensors, sharded, or gguf. `dtypes`: one, or (part of a tensor's name, dtype) pairs, the
    first that fits; in a GGUF norms and biases are F32 whatever this says."""
    pairs = [["", dtypes]] if isinstance(dtypes, str) else [list(pair) for pair in dtypes]
    if container == "gguf":
        pairs = [["norm", "F32"], ["bias", "F32"], *pairs]
    return dict(config=config, tokens=tokens, container=container, dtypes=pairs, amplitude=amplitude)


def heads(heads, kv_heads, **changes):
    """One of the published head layouts in a narrow model."""
    return config(LLAMA4, num_attention_heads=heads, num_key_value_heads=kv_heads, head_dim=64, hidden_size=64,
                  intermediate_size_mlp=96, num_hidden_layers=2, **changes)


CHUNKED = dict(layer_types=..., no_rope_layers=[1] * 5)
CASES = {
    "mobilellm_r1_like": case(config(LLAMA4)),
    "qk_norm_off": case(config(LLAMA4, use_qk_norm=False)),
    "untied": case(config(LLAMA4, tie_word_embeddings=False), tokens=64),
    "mixed_nope": case(config(LLAMA4, no_rope_layers=[1, 1, 0, 1, 0])),
    "mixed_nope_temperature_untied": case(config(
        LLAMA4, no_rope_layers=[1, 0, 1, 1, 0], attn_temperature_tuning=True, floor_scale=7,
        tie_word_embeddings=False)),
    "all_nope_temperature": case(config(
        LLAMA4, no_rope_layers=[0] * 5, attn_temperature_tuning=True, floor_scale=4, attn_scale=0.3)),
    "chunk_8": case(config(LLAMA4, **CHUNKED, attention_chunk_size=8)),
    "chunk_8_mixed_temperature_qk_norm_off_untied": case(config(
        LLAMA4, layer_types=..., no_rope_layers=[1, 1, 1, 0, 1], attention_chunk_size=8,
        attn_temperature_tuning=True, floor_scale=7, use_qk_norm=False, tie_word_embeddings=False)),
    "chunk_5_mixed_temperature": case(config(
        LLAMA4, layer_types=..., no_rope_layers=[1, 0, 1, 0, 1], attention_chunk_size=5,
        attn_temperature_tuning=True, floor_scale=3), tokens=47),
    "chunk_longer_than_the_input": case(config(LLAMA4, **CHUNKED), tokens=2),
    "llama3_scaling": case(config(LLAMA4, rope_theta=500000.0, rope_scaling=LLAMA3_SCALING), tokens=131),
    "attention_bias": case(config(LLAMA4, attention_bias=True), tokens=33, container="sharded"),
    "head_dim_32_without_groups": case(config(LLAMA4, num_key_value_heads=6, head_dim=32), tokens=31),
    "heads_9_3": case(heads(9, 3), tokens=777),
    "heads_16_4_bf16": case(heads(16, 4), tokens=257, dtypes="BF16"),
    "heads_24_6_f16": case(heads(24, 6, tie_word_embeddings=False), tokens=65, dtypes="F16"),
    # The class's own defaults: head_dim 128, NoPE every fourth layer, chunks, temperature, QK-norm, an untied head.
    "defaults_rope_parameters": case(config(
        LLAMA4, head_dim=..., use_qk_norm=..., no_rope_layers=..., layer_types=..., attn_temperature_tuning=...,
        attn_scale=..., tie_word_embeddings=..., rms_norm_eps=..., rope_theta=..., rope_scaling=...,
        attention_bias=..., num_hidden_layers=4, num_attention_heads=2, num_key_value_heads=1, floor_scale=6,
        attention_chunk_size=16, rope_parameters=dict(rope_type="default", rope_theta=8000000.0)), tokens=40),
    "one_token_bf16_sharded": case(config(LLAMA4), tokens=1, container="sharded", dtypes="BF16"),
    "llama_smollm2_like": case(config(LLAMA), tokens=100),
    "llama_rope_parameters_bias_head_dim_untied": case(config(
        LLAMA, head_dim=16, num_attention_heads=4, num_key_value_heads=2, attention_bias=True, rope_theta=...,
        rope_scaling=..., tie_word_embeddings=False,
        rope_parameters=dict(LLAMA3_SCALING, rope_theta=500000.0)), tokens=150),
    "llama_gguf_q4_1": case(config(LLAMA, head_dim=32), tokens=129, container="gguf",
                            dtypes=[("embed_tokens", "Q8_0"), ("", "Q4_1")]),
    "llama_gguf_f16_untied": case(config(LLAMA, tie_word_embeddings=False), tokens=17, container="gguf", dtypes="F16"),
    # q, k, v and gate, up of different types, as some quantisers leave them.
    "llama4_gguf_mixed": case(heads(9, 3), tokens=70, container="gguf", dtypes=[
        ("embed_tokens", "Q8_0"), ("0.self_attn.q_proj", "Q8_0"), ("v_proj", "Q4_1"), ("down_proj", "F16"),
        ("1.feed_forward.up_proj", "BF16"), ("", "Q4_0")]),
    # Greedy text: prompt, tokenizer and continuation as well; written as a GGUF and as a folder.
    "tiny_text": case(config(
        LLAMA4, vocab_size=320, bos_token_id=300, eos_token_id=[301, 304], max_position_embeddings=512,
        num_hidden_layers=3), tokens=48, container="gguf", dtypes="F16"),
}
assert len(CASES) <= 24
