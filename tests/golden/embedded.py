"""Makes embedded.json and embedded.safetensors: what transformers computes and continues, in f32, with the dequantised
weights of the model that is shipped.

    python tests/golden/embedded.py     (seconds; after every change of web/embedded/reckon-mini.gguf)

Prompts are the first of web/embedded/problems.jsonl, category by category, whose continuation no rounding can change.
Rows of q and k stand in a `llama4` file as transformers wants them.
"""

import json
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np
import torch
from make import greedy, sha256
from safetensors.numpy import save_file
from smollm2 import hugging_face_name
from smollm2 import tokenizer as tokenizer_of
from transformers import Llama4ForCausalLM, Llama4TextConfig, PreTrainedTokenizerFast

HERE = Path(__file__).parent
EMBEDDED = HERE.parents[1] / "web/embedded"
PROMPTS = 3
TOKENS = 32
LAST = 8  # positions whose logits are kept, from the end of each prompt and what follows it
MIN_GAP = 0.05  # top-1 minus top-2 logit at every step, a hundred times what sums in another order cost


def config_of(field):
    """The config.json that a `llama4` GGUF stands for: rotary embedding and norm of queries and keys on every layer."""
    key = lambda name: field("llama4." + name)
    layers = key("block_count")
    return Llama4TextConfig(
        vocab_size=len(field("tokenizer.ggml.tokens")), hidden_size=key("embedding_length"),
        intermediate_size=key("feed_forward_length"), intermediate_size_mlp=key("feed_forward_length"),
        num_hidden_layers=layers, num_attention_heads=key("attention.head_count"),
        num_key_value_heads=key("attention.head_count_kv"), head_dim=key("attention.key_length"),
        max_position_embeddings=key("context_length"), rms_norm_eps=key("attention.layer_norm_rms_epsilon"),
        rope_parameters=dict(rope_type="default", rope_theta=key("rope.freq_base")), no_rope_layers=[1] * layers,
        use_qk_norm=True, attn_temperature_tuning=False, layer_types=["full_attention"] * layers, attention_bias=False,
        moe_layers=[], interleave_moe_layer_step=0, num_local_experts=0, tie_word_embeddings=True,
        bos_token_id=field("tokenizer.ggml.bos_token_id"), eos_token_id=field("tokenizer.ggml.eos_token_id"),
        pad_token_id=None, dtype=torch.float32, attn_implementation="eager",
    )


def load(path):
    """(model, tokenizer, ids that end an answer)"""
    reader = gguf.GGUFReader(path)
    field = lambda key: reader.fields[key].contents()
    state = {}
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        state[hugging_face_name(tensor.name).replace(".mlp.", ".feed_forward.")] = torch.from_numpy(values.copy())
    state.setdefault("lm_head.weight", state["model.embed_tokens.weight"])
    model = Llama4ForCausalLM(config_of(field)).eval()
    model.load_state_dict(state, strict=True)
    tokens, types = field("tokenizer.ggml.tokens"), field("tokenizer.ggml.token_type")
    ends = ("<|eot_id|>", "<|end_of_text|>", "<|im_end|>", "<|endoftext|>")
    stop = {i for i, token in enumerate(tokens) if token in ends and types[i] == gguf.TokenType.CONTROL}
    keys = [f"tokenizer.ggml.{kind}_token_id" for kind in ("eos", "eot", "eom")]
    stop |= {field(key) for key in keys if key in reader.fields}
    named = lambda kind: tokens[field(f"tokenizer.ggml.{kind}_token_id")]
    assert field("tokenizer.ggml.pre") == "smollm", "digits one by one, then GPT-2's own cut"
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer_of(field), bos_token=named("bos"), eos_token=named("eos"),
        chat_template=field("tokenizer.chat_template"))
    return model, tokenizer, stop


def by_category(problems):
    """The first problem of every category, then the second of every, and so on."""
    categories = {}
    for problem in problems:
        categories.setdefault(problem["category"], []).append(problem)
    most = max(map(len, categories.values()))
    return [problems[i] for i in range(most) for problems in categories.values() if i < len(problems)]


def main():
    torch.set_num_threads(1)
    path = EMBEDDED / "reckon-mini.gguf"
    model, tokenizer, stop = load(path)
    problems = [json.loads(line) for line in (EMBEDDED / "problems.jsonl").read_text().splitlines()]
    prompts, logits = [], []
    for problem in by_category(problems):
        messages = [dict(role="user", content=problem["prompt"])]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            tokens, top = greedy(model, ids, TOKENS, stop)
            gap = min(step["logits"][0] - step["logits"][1] for step in top)
            if gap < MIN_GAP:
                continue
            logits.append(model(torch.tensor([ids + tokens]), use_cache=False).logits[0, -LAST:].numpy())
        text = tokenizer.decode(tokens)
        print(f"{problem['id']}: {len(ids)} + {len(tokens)} tokens, smallest gap {gap:.3f}: {text!r}", flush=True)
        prompts.append(dict(id=problem["id"], prompt=problem["prompt"], prompt_ids=ids, tokens=tokens,
                            smallest_gap=round(gap, 4)))
        if len(prompts) == PROMPTS:
            break
    assert len(prompts) == PROMPTS, f"{len(prompts)} prompts of {len(problems)} have no step under {MIN_GAP}"
    out = HERE / "embedded.safetensors"
    save_file({"logits": np.stack(logits)}, out)
    libraries = ("gguf", "numpy", "safetensors", "tokenizers", "torch", "transformers")
    (HERE / "embedded.json").write_text(json.dumps(dict(
        command="python tests/golden/embedded.py",
        model=dict(name=path.name, sha256=sha256(path), size_bytes=path.stat().st_size),
        libraries={library: version(library) for library in libraries},
        arithmetic="f32, eager attention, one thread; logits of one pass over prompt and continuation, greedy with a KV cache",
        logits=dict(name=out.name, sha256=sha256(out), positions=f"the last {LAST} of each prompt and its tokens"),
        prompts=prompts,
    ), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
