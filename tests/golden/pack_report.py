"""What `reckon pack` loses beside plain round-to-nearest of the same width, as independent readers see both.

    cargo build --release -p reckon-cli
    python tests/golden/pack_report.py FOLDER [TEXT]      (minutes; FOLDER is scratch)

Packs SmolLM2 (q8, q6) and a model of heavy-tailed weights (q8, q6, q4), reads the files with the `gguf` package and compares
every matrix with its source: the weighted error of ours and of round-to-nearest (Q8_0 and Q4_0 as the `gguf` package does
it, Q6_K as ggml does without its search). With TEXT also perplexity and divergence of SmolLM2, 1,024 tokens.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFReader
from gguf.quants import dequantize, quantize
from safetensors.numpy import load_file, save_file

HOME = Path(__file__).parents[2]
RECKON = HOME / "target/release/reckon"
SMOLLM2 = HOME / ".models/SmolLM2-135M-Instruct.Q4_1.gguf"
TYPES = {"q8": Type.Q8_0, "q6": Type.Q6_K, "q4": Type.Q4_0}


def heavy_tailed(folder):
    """A llama of 4 layers whose weights have tails as Student's t of 3 degrees."""
    hidden, width, vocabulary, layers = 512, 1536, 4096, 4
    random = np.random.default_rng(30)
    draw = lambda *shape: (random.standard_t(3, shape) * 0.02).astype(np.float32)
    tensors = {"model.embed_tokens.weight": draw(vocabulary, hidden), "model.norm.weight": np.ones(hidden, np.float32)}
    for layer in range(layers):
        name = f"model.layers.{layer}."
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{name}{norm}.weight"] = np.ones(hidden, np.float32)
        for part, rows in (("q", hidden), ("k", 128), ("v", 128), ("o", hidden)):
            tensors[f"{name}self_attn.{part}_proj.weight"] = draw(rows, hidden)
        for part, shape in (("gate", (width, hidden)), ("up", (width, hidden)), ("down", (hidden, width))):
            tensors[f"{name}mlp.{part}_proj.weight"] = draw(*shape)
    folder.mkdir()
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(dict(
        model_type="llama", hidden_size=hidden, intermediate_size=width, vocab_size=vocabulary,
        num_hidden_layers=layers, num_attention_heads=8, num_key_value_heads=2, head_dim=64, rms_norm_eps=1e-5,
        rope_theta=10000.0, max_position_embeddings=2048, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2)))
    return tensors


def gguf_names(tensors, heads, kv_heads):
    """Under GGUF's names; rows of q and k from half-rotate order to adjacent pairs, as llama.cpp's converter does."""
    inner = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
             "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
             "mlp.down_proj": "ffn_down"}
    turn = lambda w, n: w.reshape(n, 2, w.shape[0] // n // 2, -1).swapaxes(1, 2).reshape(w.shape)
    named = {"token_embd.weight": tensors["model.embed_tokens.weight"]}
    for name, values in tensors.items():
        parts = name.split(".")
        key = ".".join(parts[3:5])
        if key in inner:
            values = turn(values, heads) if "q_proj" in key else turn(values, kv_heads) if "k_proj" in key else values
            named[f"blk.{parts[2]}.{inner[key]}.weight"] = values
    return named


def read(paths):
    return {tensor.name: tensor for path in paths for tensor in GGUFReader(path).tensors}


def values(tensor):
    return dequantize(tensor.data, tensor.tensor_type).astype(np.float32)


def plain_q6_k(rows):
    """(N, 256) to bytes: the largest of 16 takes level -32, the largest scale level -128, no search."""
    parts = rows.reshape(-1, 16, 16)
    extreme = np.take_along_axis(parts, np.abs(parts).argmax(-1)[..., None], -1)[..., 0]
    scales = extreme / np.float32(-32)
    top = np.take_along_axis(scales, np.abs(scales).argmax(-1)[:, None], -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        d = (top / np.float32(-128)).astype(np.float16)
        steps = np.clip(np.rint(np.nan_to_num(scales * (np.float32(-128) / top))), -128, 127)
        ratio = np.nan_to_num(parts / (d.astype(np.float32) * steps)[..., None])
    levels = (np.clip(np.rint(ratio), -32, 31) + 32).astype(np.uint8).reshape(-1, 2, 4, 32)
    low, high = levels & 15, levels >> 4
    nibbles = np.concatenate([low[:, :, :2] | low[:, :, 2:] << 4], -1).reshape(-1, 128)
    upper = (high[:, :, 0] | high[:, :, 1] << 2 | high[:, :, 2] << 4 | high[:, :, 3] << 6).reshape(-1, 64)
    return np.concatenate([nibbles, upper, steps.astype(np.int8).view(np.uint8), d.view(np.uint8)], -1)


def plain(source, kind):
    """Bytes (rows, row bytes) of round-to-nearest."""
    if kind == Type.Q6_K:
        return plain_q6_k(source.reshape(-1, 256)).reshape(source.shape[0], -1)
    return quantize(source, kind)


def weighted_error(source, held):
    blocks = source.astype(np.float64).reshape(-1, 32)
    weights = blocks**2 + (blocks**2).mean(-1, keepdims=True)
    lost = (weights * (blocks - held.astype(np.float64).reshape(-1, 32)) ** 2).sum()
    return float(np.sqrt(lost / (weights * blocks**2).sum()))


def pack(source, out, dtype):
    command = [RECKON, "pack", source, out, "--dtype", dtype, "--json", "--name", "packed", "--shard", "4096"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {matrix["name"]: matrix["relative_error"] for matrix in report["rounded"]}


def report(name, model, source, folder, dtype):
    """Packs, compares, and leaves the same file rounded plainly beside it."""
    out = folder / f"{name}-{dtype}"
    told = pack(model, out, dtype)
    size = sum(path.stat().st_size for path in out.glob("*.gguf"))
    tensors = read(sorted(out.glob("*.gguf")))
    copy = shutil.copy(out / "packed.gguf", folder / f"{name}-{dtype}-plain.gguf")
    whole, rows = np.memmap(copy, mode="r+"), []
    for key, matrix in source.items():
        tensor = tensors[key]
        if tensor.tensor_type != TYPES[dtype]:
            continue
        rounded = plain(matrix, tensor.tensor_type)
        whole[tensor.data_offset:tensor.data_offset + tensor.n_bytes] = rounded.ravel()
        ours = weighted_error(matrix, values(tensor))
        theirs = weighted_error(matrix, dequantize(rounded, tensor.tensor_type))
        assert ours <= theirs * (1 + 1e-6), f"{key}: {ours:.6%}, {theirs:.6%} plainly rounded"
        assert abs(told.get(key, ours) - ours) <= 1e-4 * ours, f"{key}: {told[key]:.6%} told, {ours:.6%} found"
        rows.append((ours, theirs))
    ours, theirs = np.array([row for row in rows if row[1] > 0]).T
    print(f"{name:12} {dtype:3} {size / 1e6:8.2f} MB  {len(rows):3} matrices in {TYPES[dtype].name}, {len(ours)} not exact: "
          f"{ours.min():.4%} to {ours.max():.4%}, mean {ours.mean():.4%}; plainly rounded mean {theirs.mean():.4%}; "
          f"ours over plain, worst {np.max(ours / theirs):.4f}, mean {np.mean(ours / theirs):.4f}", flush=True)
    return out


def main():
    folder = Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tensors = heavy_tailed(folder / "heavy")
    for dtype in ("q8", "q6", "q4"):
        report("heavy-tailed", folder / "heavy", gguf_names(tensors, 8, 2), folder, dtype)
    source = {name: values(tensor) for name, tensor in read([SMOLLM2]).items() if len(tensor.shape) == 2}
    for dtype in ("q8", "q6"):
        out = report("SmolLM2", SMOLLM2, source, folder, dtype)
        for what, model in (("ours", out), ("plain", folder / f"SmolLM2-{dtype}-plain.gguf")):
            for text in sys.argv[2:]:
                print(f"SmolLM2 {dtype} {what} on {text}:", flush=True)
                subprocess.run([RECKON, "compare", model, SMOLLM2, "--text", text], check=True)


if __name__ == "__main__":
    main()
