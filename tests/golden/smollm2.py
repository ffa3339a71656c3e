"""Makes smollm2.json: what transformers continues, greedily and in f32, from the real model's dequantised weights.

    python tests/golden/smollm2.py .models/SmolLM2-135M-Instruct.Q4_1.gguf      (about three minutes on two cores)

The GGUF keeps rows of q and k for adjacent-pair RoPE; transformers' Llama wants them half a head apart.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np
import torch
from make import greedy, sha256
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM

HERE = Path(__file__).parent
TOKENS = 64
CONTROL = 3
PROMPTS = {
    "prose": "The lighthouse keeper climbed the stairs every evening, and when the storm came he",
    "code": "def fibonacci(n):\n    \"\"\"Return the n-th Fibonacci number.\"\"\"\n",
    "chat": "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
            "<|im_start|>user\nWhat is gravity? Answer in two sentences.<|im_end|>\n<|im_start|>assistant\n",
    "sums": "<|im_start|>user\nTom has 12 apples and gives 5 to Ann. How many are left? Think step by step."
            "<|im_end|>\n<|im_start|>assistant\n",
    "many scripts": "Español: Buenos días. Français: Bonjour. Deutsch: Guten Morgen. 日本語: おはよう。 Русский: ",
}
NAMES = {
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}


def hugging_face_name(name):
    stem, kind = name.rsplit(".", 1)
    if stem.startswith("blk."):
        _, layer, inner = stem.split(".")
        return f"model.layers.{layer}.{NAMES[inner]}.{kind}"
    return {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}[stem] + "." + kind


def halves(values, heads):
    """Rows 2i, 2i + 1 of a head to rows i, i + D/2."""
    rows, columns = values.shape
    return values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def load(path):
    """(model, tokenizer)"""
    reader = gguf.GGUFReader(path)
    field = lambda key: reader.fields[key].contents()
    key = lambda name: field("llama." + name)
    heads, kv_heads = key("attention.head_count"), key("attention.head_count_kv")
    config = LlamaConfig(
        vocab_size=len(field("tokenizer.ggml.tokens")), hidden_size=key("embedding_length"),
        intermediate_size=key("feed_forward_length"), num_hidden_layers=key("block_count"),
        num_attention_heads=heads, num_key_value_heads=kv_heads, max_position_embeddings=key("context_length"),
        rms_norm_eps=key("attention.layer_norm_rms_epsilon"), rope_theta=key("rope.freq_base"),
        tie_word_embeddings=True, attention_bias=False, dtype=torch.float32,
    )
    config._attn_implementation = "eager"
    state = {}
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        turned = {"attn_q.weight": heads, "attn_k.weight": kv_heads}.get(tensor.name.split(".", 2)[-1])
        state[hugging_face_name(tensor.name)] = torch.from_numpy((halves(values, turned) if turned else values).copy())
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model = LlamaForCausalLM(config).eval()
    model.load_state_dict(state, strict=True)
    return model, tokenizer(field), field("tokenizer.ggml.eos_token_id")


def tokenizer(field):
    tokens, types = field("tokenizer.ggml.tokens"), field("tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ")) for merge in field("tokenizer.ggml.merges")]
    built = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
    built.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    built.decoder = decoders.ByteLevel()
    special = [AddedToken(token, special=True, normalized=False) for token, kind in zip(tokens, types) if kind == CONTROL]
    built.add_special_tokens(special)
    return built


def main():
    path = Path(sys.argv[1])
    model, tokens_of, stop = load(path)
    prompts = []
    for name, prompt in PROMPTS.items():
        ids = tokens_of.encode(prompt, add_special_tokens=False).ids
        with torch.no_grad():
            tokens, top = greedy(model, ids, TOKENS, [stop])
        gaps = [step["logits"][0] - step["logits"][1] for step in top]
        text = tokens_of.decode(tokens, skip_special_tokens=True)
        print(f"{name}: {len(ids)} + {len(tokens)} tokens, smallest gap {min(gaps):.4f}: {text!r}", flush=True)
        prompts.append(dict(name=name, prompt=prompt, prompt_ids=ids, tokens=tokens, text=text,
                            second=[step["ids"][1] for step in top], gaps=[round(gap, 5) for gap in gaps]))
    libraries = ("gguf", "numpy", "tokenizers", "torch", "transformers")
    (HERE / "smollm2.json").write_text(json.dumps(dict(
        command=f"python tests/golden/smollm2.py .models/{path.name}",
        model=dict(name=path.name, sha256=sha256(path), size_bytes=path.stat().st_size),
        libraries={library: version(library) for library in libraries},
        arithmetic="f32, eager attention, greedy with a KV cache",
        prompts=prompts,
    ), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
