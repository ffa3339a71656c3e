"""What else is rounded than weights: keys and values to f16, activations to int8; held against logits without either.

`reckon compare` tells neither apart, so that this reads what `reckon logits` writes.
"""

import json

import numpy as np
from gguf import GGUFReader
from safetensors.numpy import load_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

import texts

#: Tokens of each text, in one stretch: keys and values far back count.
TOKENS = 1024
#: Who is held against whom: (weights, keys and values, activations).
PAIRS = {
    "f32, kv f16": (("f32", "f16", "f32"), ("f32", "f32", "f32")),
    "q4, kv f16": (("q4", "f16", "f32"), ("q4", "f32", "f32")),
    "q8, int8": (("q8", "f32", "int8"), ("q8", "f32", "f32")),
    "q4, int8": (("q4", "f32", "int8"), ("q4", "f32", "f32")),
}


def tokenizer(path):
    """The byte-level tokenizer inside SmolLM2's GGUF."""
    fields = GGUFReader(path).fields
    words = lambda key: [bytes(fields[key].parts[i]).decode() for i in fields[key].data]
    vocabulary = {word: i for i, word in enumerate(words("tokenizer.ggml.tokens"))}
    merges = [tuple(merge.split(" ")) for merge in words("tokenizer.ggml.merges")]
    made = Tokenizer(models.BPE(vocabulary, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    made.decoder = decoders.ByteLevel()
    return made


def log_softmax(rows):
    """Of logits (T, V), in double precision."""
    rows = rows.astype(np.float64)
    rows -= rows.max(-1, keepdims=True)
    return rows - np.log(np.exp(rows).sum(-1, keepdims=True))


def told(found, expected, ids):
    """What `reckon compare` tells, of logits (T, V) and the tokens that they follow; per token, to be pooled."""
    following = np.array(ids[1:])
    p, q = log_softmax(expected[:-1]), log_softmax(found[:-1])
    at = np.arange(len(following))
    return {
        "kl": (np.exp(p) * (p - q)).sum(-1).tolist(),
        "nll": (-q[at, following]).tolist(),
        "base_nll": (-p[at, following]).tolist(),
        "same_top": (p.argmax(-1) == q.argmax(-1)).tolist(),
    }


def computed(bench, ids, run):
    """Logits (T, V) of one way to hold weights, keys and values, and activations."""
    weights, kv, activations = run
    tokens, out = bench.work / "logits-ids.json", bench.work / "logits.safetensors"
    tokens.write_text(json.dumps(ids))
    bench.run("logits", "--model", bench.packed("smol", weights), "--kv", kv, "--activations", activations, "--device", "cpu",
              "--tokens", tokens, "--out", out)
    rows = load_file(out)["logits"]
    out.unlink()
    return rows


def cache(bench):
    """Every pair on every text."""
    words = tokenizer(bench.smol_file)
    for text in texts.SOURCES:
        ids = words.encode(bench.texts[text]["path"].read_text(encoding="utf-8")[:40_000]).ids[:TOKENS]
        rows = {}
        for name, pair in PAIRS.items():
            def make():
                for run in pair:
                    if run not in rows:
                        rows[run] = computed(bench, ids, run)
                return json.dumps(told(rows[pair[0]], rows[pair[1]], ids))
            bench.kept(f"cache/{name} {text}.json", make)
