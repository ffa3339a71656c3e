"""Writes random weights of MobileLLM-R1-950M's geometry as a plain Llama, F16: for speed, not for sense.

    python tests/peers/make_gguf.py TOKENIZER.json OUT.gguf

The tokenizer is Llama 3's, 128,256 tokens. `native.py quantize` makes the Q4_0 of it; the tied embedding becomes Q6_K.
Tokens that are not plain ASCII, or special, have rows of zeros: the head never chooses them. At random it would choose
halves of characters, of which wllama dies.
"""

import json
import sys

import gguf
import numpy as np

SEED = 1234
STD = 0.02
V, L, C, F, H, K, D = 128256, 22, 1536, 6144, 24, 6, 64
BOS, EOS, PAD = 128000, 128009, 128001


def write_tokenizer(writer, path):
    """Tells which tokens are plain text."""
    with open(path) as file:
        tokenizer = json.load(file)
    special = {token["id"]: token["content"] for token in tokenizer["added_tokens"]}
    words = {number: word for word, number in tokenizer["model"]["vocab"].items()} | special
    assert sorted(words) == list(range(V)), f"{path}: expected the ids 0 to {V - 1}"
    kinds = (gguf.TokenType.NORMAL, gguf.TokenType.CONTROL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list([words[number] for number in range(V)])
    writer.add_token_types([kinds[number in special] for number in range(V)])
    merges = tokenizer["model"]["merges"]
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_pad_token_id(PAD)
    writer.add_add_bos_token(False)
    writer.add_chat_template("{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}")
    # In a byte-level vocabulary a space is this letter, and every byte outside of ASCII is a letter outside of ASCII.
    return [number not in special and words[number].replace("Ġ", "").isascii() for number in range(V)]


def write_config(writer):
    writer.add_name("random 950M")
    writer.add_context_length(4096)
    writer.add_embedding_length(C)
    writer.add_block_count(L)
    writer.add_feed_forward_length(F)
    writer.add_head_count(H)
    writer.add_head_count_kv(K)
    writer.add_key_length(D)
    writer.add_value_length(D)
    writer.add_rope_dimension_count(D)
    writer.add_rope_freq_base(8e6)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(V)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def matrices():
    """Names and shapes, (rows, columns)."""
    yield "token_embd", (V, C)
    for layer in range(L):
        shapes = {"attn_q": (H * D, C), "attn_k": (K * D, C), "attn_v": (K * D, C), "attn_output": (C, H * D)}
        shapes |= {"ffn_gate": (F, C), "ffn_up": (F, C), "ffn_down": (C, F)}
        for name, shape in shapes.items():
            yield f"blk.{layer}.{name}", shape


def main():
    tokenizer, out = sys.argv[1:]
    writer = gguf.GGUFWriter(out, "llama")
    write_config(writer)
    is_plain = np.array(write_tokenizer(writer, tokenizer))
    ones = np.ones(C, dtype=np.float32)
    writer.add_tensor("output_norm.weight", ones)
    for layer in range(L):
        writer.add_tensor(f"blk.{layer}.attn_norm.weight", ones)
        writer.add_tensor(f"blk.{layer}.ffn_norm.weight", ones)
    random = np.random.default_rng(SEED)
    for name, shape in matrices():
        values = random.standard_normal(shape, dtype=np.float32) * np.float32(STD)
        if name == "token_embd":
            values[~is_plain] = 0
        writer.add_tensor(f"{name}.weight", values.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
