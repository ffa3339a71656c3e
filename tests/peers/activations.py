"""What activations rounded to bytes cost: ours and llama.cpp's, each against ours left as they are, on one text.

    python tests/peers/activations.py LIBRARIES FILE.gguf TEXT [--tokens 2048] [--reckon target/release/reckon]

LIBRARIES is that of native.py, which see. Both read the same ids, in stretches of 256 that begin anew, with f16 keys and
values. Prints a table: mean divergence of Kullback and Leibler from the exact distribution in nats, its standard error,
the share of tokens with the same likeliest next one, and the perplexity of the text.
"""
import argparse
import ctypes as c
import json
import pathlib
import subprocess
import tempfile

import numpy as np
from safetensors.numpy import load_file

import native

STRETCH = 256
LOGITS_OFFSET_BYTES = 48


def tokenize(llama, model, text):
    """Ids of a text as it stands."""
    vocab = llama.llama_model_get_vocab(model)
    llama.llama_tokenize.argtypes = [c.c_void_p, c.c_char_p, c.c_int32, c.POINTER(c.c_int32), c.c_int32, c.c_bool, c.c_bool]
    data = text.encode()
    ids = (c.c_int32 * len(data))()
    count = llama.llama_tokenize(vocab, data, len(data), ids, len(data), False, False)
    assert count > 0, f"llama_tokenize: {count}"
    return list(ids[:count])


def of_llama(runner, ids):
    """Logits (T, V) of every position."""
    llama, count = runner.llama, len(ids)
    runner.empty()
    tokens, wanted = (c.c_int32 * count)(*ids), (c.c_int8 * count)(*[1] * count)
    batch = llama.llama_batch_get_one(tokens, count)
    batch.put(LOGITS_OFFSET_BYTES, "=Q", c.addressof(wanted))
    code = llama.llama_decode(runner.context, batch)
    assert code == 0, f"llama_decode: {code}"
    llama.llama_get_logits.argtypes, llama.llama_get_logits.restype = [c.c_void_p], c.POINTER(c.c_float)
    logits = llama.llama_get_logits(runner.context)
    return np.ctypeslib.as_array(logits, (count, runner.vocab_size)).copy()


def of_reckon(binary, model, ids, activations):
    """The same."""
    with tempfile.TemporaryDirectory() as folder:
        tokens, out = pathlib.Path(folder, "ids.json"), pathlib.Path(folder, "logits.safetensors")
        tokens.write_text(json.dumps(ids))
        options = ["--device", "cpu", "--activations", activations, "--kv", "f16"]
        subprocess.run([binary, "logits", "--model", model, "--tokens", tokens, "--out", out, *options], check=True)
        return load_file(out)["logits"]


def log_softmax(logits):
    logits = logits.astype(np.float64)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("libraries")
    parser.add_argument("model")
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("--tokens", type=int, default=2048)
    parser.add_argument("--reckon", default="target/release/reckon")
    arguments = parser.parse_args()
    runner = native.Runner(native.open_library(arguments.libraries), arguments.model)
    text = arguments.text.read_text()[: 8 * arguments.tokens]
    ids = tokenize(runner.llama, runner.model, text)[: arguments.tokens]
    kinds = {
        "ours, f32": lambda stretch: of_reckon(arguments.reckon, arguments.model, stretch, "f32"),
        "ours, int8": lambda stretch: of_reckon(arguments.reckon, arguments.model, stretch, "int8"),
        "llama.cpp": lambda stretch: of_llama(runner, stretch),
    }
    found = {kind: {"kl": [], "same": [], "surprise": []} for kind in kinds}
    for start in range(0, len(ids), STRETCH):
        stretch = ids[start : start + STRETCH]
        rows = {kind: log_softmax(logits(stretch))[:-1] for kind, logits in kinds.items()}
        exact = rows["ours, f32"]
        for kind, row in rows.items():
            found[kind]["kl"] += list((np.exp(exact) * (exact - row)).sum(axis=-1))
            found[kind]["same"] += list(exact.argmax(axis=-1) == row.argmax(axis=-1))
            found[kind]["surprise"] += list(-row[np.arange(len(row)), stretch[1:]])
    print(f"{pathlib.Path(arguments.model).name}, {len(found['llama.cpp']['kl'])} tokens of {arguments.text.name}\n")
    print("| activations | KL, nats a token | same likeliest, % | perplexity |\n|---|--:|--:|--:|")
    for kind, of in found.items():
        kl, error = np.mean(of["kl"]), np.std(of["kl"], ddof=1) / len(of["kl"]) ** 0.5
        print(f"| {kind} | {kl:.6f} ± {error:.6f} | {100 * np.mean(of['same']):.2f} | {np.exp(np.mean(of['surprise'])):.4f} |")


if __name__ == "__main__":
    main()
