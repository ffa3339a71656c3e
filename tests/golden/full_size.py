"""Writes a model of MobileLLM-R1-950M's geometry with seeded weights, and what transformers computes for it.

    python tests/golden/full_size.py FOLDER [q4] [q8] [f16]      (6 GB of memory, a few minutes each)

FOLDER/950M-Q4.gguf and the like (every matrix of one type, the embedding included; a byte-level tokenizer of 128,256
tokens), FOLDER/expected-q4.safetensors: `ids` (16), `logits` (16, 128256) of Llama4ForCausalLM in f32 on the values
that the file's bytes stand for, by the arithmetic of PyPI gguf. Then: RECKON_FULL_SIZE=FOLDER
cargo test -p reckon-tests --test full_size -- --ignored --nocapture
"""

import random
import sys
import zlib
from pathlib import Path

import gguf
import numpy as np

SEED = 20260
V, L, C, F, H, K, D = 128256, 22, 1536, 6144, 24, 6, 64
SPECIAL = 128000
NAMED = {0: "<|begin_of_text|>", 1: "<|end_of_text|>", 6: "<|start_header_id|>", 7: "<|end_header_id|>",
         8: "<|eom_id|>", 9: "<|eot_id|>"}
# The first and last token, both sides of the middle, where a head that exceeds a binding is cut, and some others.
IDS = [128000, 0, 64127, 64128, 128255, 1, 777, 32000, 50000, 99999, 127999, 128009, 31337, 65536, 4095, 100]
STD = 0.02
BYTES = np.arange(256, dtype=np.uint8)
LOW, HIGH = BYTES & 15, BYTES >> 4
KINDS = {"q4": gguf.GGMLQuantizationType.Q4_0, "q8": gguf.GGMLQuantizationType.Q8_0, "f16": gguf.GGMLQuantizationType.F16}

SYMMETRIC = {
    KINDS["q4"]: np.where(LOW == 0, 8, LOW) | np.where(HIGH == 0, 8, HIGH) << 4,
    KINDS["q8"]: np.where(BYTES == 128, 0, BYTES),
}


def shapes():
    """(GGUF name, Hugging Face name, shape)"""
    yield "token_embd", "model.embed_tokens", (V, C)
    for layer in range(L):
        block, theirs = f"blk.{layer}.", f"model.layers.{layer}."
        yield block + "attn_norm", theirs + "input_layernorm", (C,)
        yield block + "attn_q", theirs + "self_attn.q_proj", (H * D, C)
        yield block + "attn_k", theirs + "self_attn.k_proj", (K * D, C)
        yield block + "attn_v", theirs + "self_attn.v_proj", (K * D, C)
        yield block + "attn_output", theirs + "self_attn.o_proj", (C, H * D)
        yield block + "ffn_norm", theirs + "post_attention_layernorm", (C,)
        yield block + "ffn_gate", theirs + "feed_forward.gate_proj", (F, C)
        yield block + "ffn_up", theirs + "feed_forward.up_proj", (F, C)
        yield block + "ffn_down", theirs + "feed_forward.down_proj", (C, F)
    yield "output_norm", "model.norm", (C,)


def drawn(name, shape, kind):
    """The file's bytes as (rows, bytes a row) u8, or values of a float type."""
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    if len(shape) == 1:
        return (1 + 0.3 * rng.standard_normal(shape, np.float32)).astype(np.float32)
    if kind == KINDS["f16"]:
        return (STD * rng.standard_normal(shape, np.float32)).astype(np.float16)
    quants, steps = (32, 73.3) if kind == KINDS["q8"] else (16, 4.6)
    count = shape[0] * shape[1] // 32
    blocks = np.empty((count, 2 + quants), np.uint8)
    scales = (STD / steps * rng.uniform(0.5, 1.5, count)).astype(np.float16)
    blocks[:, :2] = scales.view(np.uint8).reshape(count, 2)
    drawn_bytes = np.frombuffer(rng.bytes(count * quants), np.uint8).reshape(count, quants)
    # The lowest quant has no opposite: without it (here it becomes zero) weights have no mean that drowns the rest.
    blocks[:, 2:] = SYMMETRIC[kind][drawn_bytes]
    return blocks.reshape(shape[0], -1)


def values(data, kind):
    return data.astype(np.float32) if data.dtype != np.uint8 else gguf.quants.dequantize(data, kind)


def vocabulary():
    """(tokens, types, merges): bytes, then joins of two earlier tokens, then specials."""
    from tiny_tokenizer import bytes_to_characters

    chosen, tokens, merges = random.Random(SEED), list(bytes_to_characters().values()), []
    known = set(tokens)
    while len(tokens) < SPECIAL:
        left, right = tokens[chosen.randrange(len(tokens))], tokens[chosen.randrange(256)]
        if len(left) < 12 and left + right not in known:
            known.add(left + right)
            tokens.append(left + right)
            merges.append(f"{left} {right}")
    specials = [NAMED.get(i, f"<|reserved_special_token_{i}|>") for i in range(V - SPECIAL)]
    return tokens + specials, [1] * SPECIAL + [3] * len(specials), merges


def describe(writer):
    writer.add_name("950M geometry, seeded weights")
    writer.add_context_length(32768)
    writer.add_embedding_length(C)
    writer.add_block_count(L)
    writer.add_feed_forward_length(F)
    writer.add_expert_feed_forward_length(F)
    writer.add_head_count(H)
    writer.add_head_count_kv(K)
    writer.add_key_length(D)
    writer.add_value_length(D)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(8e6)
    writer.add_rope_dimension_count(D)
    writer.add_vocab_size(V)
    writer.add_expert_count(0)
    writer.add_interleave_moe_layer_step(0)
    writer.add_sliding_window(0)
    tokens, types, merges = vocabulary()
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(SPECIAL)
    writer.add_eos_token_id(SPECIAL + 9)
    writer.add_add_bos_token(True)


def write(path, kind):
    writer = gguf.GGUFWriter(path, "llama4")
    describe(writer)
    for name, _, shape in shapes():
        data = drawn(name, shape, kind)
        writer.add_tensor(name + ".weight", data, raw_dtype=kind if data.dtype == np.uint8 else None)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def expected(kind):
    """(16, V)"""
    import torch
    from transformers import Llama4ForCausalLM, Llama4TextConfig
    from transformers.models.llama4.modeling_llama4 import Llama4TextRotaryEmbedding

    config = Llama4TextConfig(
        vocab_size=V, hidden_size=C, intermediate_size=F, intermediate_size_mlp=F, num_hidden_layers=L,
        num_attention_heads=H, num_key_value_heads=K, head_dim=D, max_position_embeddings=32768, rms_norm_eps=1e-5,
        rope_theta=8e6, moe_layers=[], interleave_moe_layer_step=0, num_local_experts=0, num_experts_per_tok=0,
        use_qk_norm=True, attn_temperature_tuning=False, tie_word_embeddings=True, no_rope_layers=[1] * L,
        layer_types=["full_attention"] * L, attention_bias=False, dtype=torch.float32)
    config._attn_implementation = "eager"
    with torch.device("meta"):
        model = Llama4ForCausalLM(config).eval()
    state = {f"{theirs}.weight": torch.from_numpy(values(drawn(name, shape, kind), kind)) for name, theirs, shape in shapes()}
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state, strict=True, assign=True)
    model.tie_weights()
    model.model.rotary_emb = Llama4TextRotaryEmbedding(config)
    with torch.no_grad():
        return model(torch.tensor([IDS]), use_cache=False).logits[0].numpy()


def main():
    from safetensors.numpy import save_file

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or KINDS:
        path = folder / f"950M-{name.upper()}.gguf"
        write(path, KINDS[name])
        print(f"{path}: {path.stat().st_size} bytes", flush=True)
        logits = expected(KINDS[name])
        assert np.isfinite(logits).all()
        save_file({"ids": np.array(IDS, np.int32), "logits": np.ascontiguousarray(logits)},
                  folder / f"expected-{name}.safetensors")
        print(f"expected-{name}: largest logit {np.abs(logits).max():.4f}, argmax {logits.argmax(-1).tolist()}", flush=True)


if __name__ == "__main__":
    main()
