"""Makes the golden cases: what transformers computes, in f32 and eager attention, for seeded tiny models.

    python tests/golden/make.py            writes cases/ and manifest.json (about a minute on a CPU)
    python tests/golden/make.py --check    compares cases/ with the hashes in manifest.json; needs no library

The weights are not stored: seeded.py and ../material/seeded.rs draw the same ones. Only parameters are rounded to a
file's dtype, never `model.to(bfloat16)`, which would round inv_freq as well.
"""

import hashlib
import json
import platform
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / "cases"
MANIFEST = HERE / "manifest.json"
SMALL = 64  # logits of every position are kept up to this many; beyond it those in cases.FEW
MIN_GAP = 0.1  # top-1 minus top-2 logit at every step of the greedy text


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build(config, seed, case):
    """The model of `config`, read from a config.json as a user's would be, with seeded parameters."""
    import torch
    from seeded import tensor
    from transformers import AutoConfig, AutoModelForCausalLM

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps(config))
        loaded = AutoConfig.from_pretrained(folder)
    loaded.dtype = torch.float32
    model = AutoModelForCausalLM.from_config(loaded, attn_implementation="eager").eval()
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())
    names = []
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            dtype = next(dtype for part, dtype in case["dtypes"] if part in name)
            values = tensor(name, tuple(parameter.shape), dtype, seed, case["amplitude"])
            parameter.copy_(torch.from_numpy(values.copy()))
            names.append(name)
    assert ("lm_head.weight" in names) != config.get("tie_word_embeddings", False)
    return model


def one_by_one(model, ids, prefill):
    import torch
    from transformers import DynamicCache

    cache = DynamicCache(config=model.config)
    steps = [ids[:prefill]] + [[token] for token in ids[prefill:]]
    logits = [model(torch.tensor([step]), past_key_values=cache, use_cache=True).logits[0] for step in steps]
    return torch.cat(logits).numpy()


def greedy(model, prompt_ids, count, stop):
    """(tokens, top two ids and logits of each step)"""
    import torch
    from transformers import DynamicCache

    cache, step, tokens, top = DynamicCache(config=model.config), prompt_ids, [], []
    while len(tokens) < count and not (tokens and tokens[-1] in stop):
        logits = model(torch.tensor([step]), past_key_values=cache, use_cache=True).logits[0, -1]
        values, ids = logits.topk(2)
        tokens.append(int(ids[0]))
        top.append(dict(ids=ids.tolist(), logits=[round(value, 5) for value in values.tolist()]))
        step = tokens[-1:]
    return tokens, top


def make_case(name, case, seed):
    import numpy as np
    import torch
    from cases import FEW
    from safetensors.numpy import save_file
    from seeded import token_ids

    config = case["config"]
    model = build(config, seed, case)
    ids = token_ids(seed, case["tokens"], config["vocab_size"])
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0].numpy()
        stepped = one_by_one(model, ids, (len(ids) + 1) // 2) if len(ids) <= 200 else None
    kept = list(range(len(ids))) if len(ids) <= SMALL else [position for position in FEW if position < len(ids)]
    kept = sorted({*kept, len(ids) - 1})
    largest = float(np.abs(logits).max())
    about = dict(seed=seed, **case)
    save_file({"ids": np.array(ids, np.int32), "positions": np.array(kept, np.int32),
               "logits": np.ascontiguousarray(logits[kept])}, FOLDER / f"{name}.safetensors")
    if name == "tiny_text":
        about["text"] = tiny_text(model, config)
    (FOLDER / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n")
    noise = None if stepped is None else float(np.abs(stepped - logits).max()) / largest
    return dict(largest_logit=round(largest, 4), prefill_against_one_by_one=noise and float(f"{noise:.2e}"))


def tiny_text(model, config):
    """Prompts, their ids and their greedy continuations, through the tokenizer of tiny_tokenizer.json."""
    import tiny_tokenizer
    import torch

    tokenizer = tiny_tokenizer.build(config["vocab_size"])
    tokenizer.save(str(HERE / "tiny_tokenizer.json"))
    stop = config["eos_token_id"]

    def continued(prompt):
        # The tokenizer begins with BOS; a prompt that does so itself gets no second one.
        ids = tokenizer.encode(prompt.removeprefix("<|begin_of_text|>")).ids
        tokens, top = greedy(model, ids, 16, stop)
        gap = min(step["logits"][0] - step["logits"][1] for step in top)
        return dict(prompt=prompt, prompt_ids=ids, tokens=tokens, smallest_gap=round(gap, 4),
                    text=tokenizer.decode(tokens, skip_special_tokens=True))

    def first(kind, stops):
        """The first of its numbered prompts whose continuation no rounding can change."""
        for number in range(1000):
            text = continued(kind.replace("#", str(number)))
            if text["smallest_gap"] >= MIN_GAP and (text["tokens"][-1] in stop) == stops:
                return text
        raise ValueError(f"no such prompt: {kind}")

    with torch.no_grad():
        return [first(kind, stops) for kind, stops in tiny_tokenizer.PROMPTS]


def check():
    manifest = json.loads(MANIFEST.read_text())
    files = {path.relative_to(HERE).as_posix(): sha256(path) for path in committed()}
    assert files == manifest["files"], sorted(set(files.items()) ^ set(manifest["files"].items()))
    print(f"{len(files)} files are as the manifest says")


def committed():
    return [*sorted(FOLDER.iterdir()), HERE / "tiny_tokenizer.json"]


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    import gguf, numpy, safetensors, tokenizers, torch, transformers  # noqa: E401, F401
    from importlib.metadata import version
    from cases import CASES

    torch.manual_seed(0)
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    for stale in FOLDER.iterdir():
        stale.unlink()
    figures = {}
    for number, (name, case) in enumerate(CASES.items()):
        figures[name] = make_case(name, case, seed=1000 + number)
        print(f"{name:48}", figures[name], flush=True)
    libraries = ("gguf", "numpy", "safetensors", "tokenizers", "torch", "transformers")
    MANIFEST.write_text(json.dumps(dict(
        command="python tests/golden/make.py",
        python=platform.python_version(), machine=platform.machine(),
        libraries={library: version(library) for library in libraries},
        arithmetic="f32, eager attention, one thread",
        cases=figures,
        files={path.relative_to(HERE).as_posix(): sha256(path) for path in committed()},
    ), indent=1) + "\n")


if __name__ == "__main__":
    main()
