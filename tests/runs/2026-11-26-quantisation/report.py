"""Puts what `measure.py` left in WORK into results.json.

    python report.py --reckon RECKON --smol FILE.gguf --mini-f32 FOLDER --sets FOLDER --work WORK
"""

import hashlib
import json
import sys
from math import exp, log, sqrt
from pathlib import Path
from statistics import mean, median, stdev

import measure
import texts
import weights
from logits import PAIRS
from paired import mcnemar, wilson

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(measure.HOME / "web/embedded"))
from recipe.scoring import HELD_OUT, IN_TEMPLATE, boxed  # noqa: E402


def read(bench, name):
    """What is kept under that name; nothing where it was not measured."""
    path = bench.work / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def pooled(parts):
    """Several texts as one: each token counts the same."""
    tokens = sum(part["tokens"] for part in parts)
    weighted = lambda value: sum(part["tokens"] * value(part) for part in parts) / tokens
    return {
        "tokens": tokens,
        "perplexity": exp(weighted(lambda part: log(part["perplexity"]))),
        "base_perplexity": exp(weighted(lambda part: log(part["base_perplexity"]))),
        "kl": weighted(lambda part: part["kl"]),
        "kl_standard_error": sqrt(sum((part["tokens"] * part["kl_standard_error"]) ** 2 for part in parts)) / tokens,
        "same_top": weighted(lambda part: part["same_top"]),
    }


def on_texts(bench, model, variant, names):
    """What a variant lost on each text, and on all of them."""
    parts = {name: read(bench, f"compare/{model} {variant} {name}.json") for name in names}
    parts = {name: part for name, part in parts.items() if part}
    return {**parts, "all": pooled(list(parts.values()))} if parts else {}


def held(bench, model, variant):
    """Sizes, as `reckon inspect` tells them."""
    path = bench.packed(model, variant)
    inspected = read(bench, f"inspect/{model} {path.name}.json")
    found = {key: inspected[key] for key in ("file_bytes", "bytes_per_token", "parameters", "held_dtypes", "file_dtypes")}
    return {**found, "bits_per_weight": 8 * inspected["bytes_per_token"] / inspected["parameters"]}


def rounds(bench, device, variant):
    """What `reckon bench` told, a round each."""
    documents = [read(bench, f"speed/{device} {variant} {turn}.json") for turn in range(measure.SPEED_ROUNDS)]
    return [document["runs"][0] for document in documents if document]


def tokens_per_s(run):
    """Its median, decoding."""
    return run["decode"][0]["tokens_per_s"]["median"]


def speeds(bench, variant):
    """Tokens a second on each device: every round's median, their median, and how that stands to f32 in the same round."""
    told = {}
    for device in ("cpu", "webgpu"):
        runs, beside = rounds(bench, device, variant), rounds(bench, device, "f32")
        if runs:
            found = [tokens_per_s(run) for run in runs]
            told[device] = {"device": runs[0]["device"], "rounds": found, "median": median(found), "least": min(found),
                            "most": max(found), "gb_per_s": median(run["decode"][0]["gb_per_s"]["median"] for run in runs),
                            "dispatches_per_token": runs[0]["decode"][0]["dispatches_per_token"],
                            "times_f32": median(one / tokens_per_s(other) for one, other in zip(found, beside))}
    runs = rounds(bench, "alone", variant)
    if runs:
        best = max((run["decode"][0] for run in runs), key=lambda decode: decode["tokens_per_s"]["most"])
        told["alone"] = {"threads": 1, "samples": sum(run["decode"][0]["tokens_per_s"]["samples"] for run in runs),
                         "fastest": best["tokens_per_s"]["most"], "gb_per_s": best["gb_per_s"]["most"],
                         "rounds": [tokens_per_s(run) for run in runs]}
    return told


def answered(bench, name):
    """Problems in their order, and how the model did: right or not, and what it wrote."""
    path = bench.work / f"answers/{name}.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return lines, [boxed(line["output"]["answer"]) == line["answer"] for line in lines]


def accuracy(bench):
    """Shares with Wilson's intervals, and each against f32 by McNemar's exact test."""
    base_lines, base = answered(bench, "f32")
    found = {}
    for path in sorted((bench.work / "answers").glob("*.jsonl")):
        lines, right = answered(bench, path.stem)
        assert [line["id"] for line in lines] == [line["id"] for line in base_lines]
        parts = {}
        for split, where in {"all": None, "in-template": IN_TEMPLATE, "held-out": HELD_OUT}.items():
            of = [i for i, line in enumerate(lines) if where in (None, line["split"])]
            count = sum(right[i] for i in of)
            parts[split] = {"right": count, "of": len(of), "wilson": wilson(count, len(of)),
                            "against_f32": mcnemar([base[i] for i in of], [right[i] for i in of])}
        written = [line["output"]["text"] for line in lines]
        found[path.stem] = {
            **parts,
            "same_text_as_f32": sum(a == b["output"]["text"] for a, b in zip(written, base_lines)),
            "stopped": sum(line["output"]["finish_reason"] == "stop" for line in lines),
            "tokens": sum(line["output"]["completion_tokens"] for line in lines),
            "answers_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "wrong": [line["id"] for line, is_right in zip(lines, right) if not is_right],
        }
    return found


def other_rounding(bench):
    """What keys and values in f16 cost, and activations in int8."""
    found = {}
    for name in PAIRS:
        parts = {text: read(bench, f"cache/{name} {text}.json") for text in texts.SOURCES}
        told = [one_text(part) for part in parts.values() if part]
        if told:
            found[name] = {**{text: one_text(part) for text, part in parts.items() if part}, "all": pooled(told)}
    return found


def one_text(tokens):
    """Figures of a text, as `reckon compare` tells them, of what was kept of every token."""
    count = len(tokens["kl"])
    return {"tokens": count, "perplexity": exp(mean(tokens["nll"])), "base_perplexity": exp(mean(tokens["base_nll"])),
            "kl": mean(tokens["kl"]), "kl_standard_error": stdev(tokens["kl"]) / sqrt(count), "same_top": mean(tokens["same_top"])}


def weight_errors(bench):
    """The relative error of the median matrix, and of the embedding, by whose weights and how they were rounded."""
    found = {}
    for whose, types in {"smol": measure.VARIANTS, "mini": measure.VARIANTS, "smol-dithered": weights.ROUNDED,
                         "smol-normal": weights.NOISE_ROUNDED, "smol-t3": weights.NOISE_ROUNDED}.items():
        for variant in types:
            packed = read(bench, f"pack/{whose}-{variant.replace(' ', '-')}.json")
            if packed:
                # Where rows are no multiple of 256, q8 stands in for q6: those rows tell nothing of q6.
                inner = [row["relative_error"] for row in packed["rounded"]
                         if "emb" not in row["name"] and row["held"] == variant.split()[0]]
                head = [row for row in packed["rounded"] if "emb" in row["name"]][0]
                found.setdefault(whose, {})[variant] = {"median": median(inner), "matrices": len(inner),
                                                        "embedding": head["relative_error"], "embedding_held": head["held"]}
    return found


def results(bench):
    """Everything that was measured."""
    languages = list(texts.SOURCES)
    smol = {name: {**held(bench, "smol", name), "loss": on_texts(bench, "smol", name, languages), "speed": speeds(bench, name)}
            for name in ("f32", *measure.VARIANTS, "file")}
    same = smol["q4 head q8"]
    smol["q4 head q6"] |= {"loss": same["loss"], "speed": same["speed"], "same_file_as": "q4 head q8"}
    mini = {name: {**held(bench, "mini", name), "loss": on_texts(bench, "mini", name, ["conversations"])}
            for name in ("f32", *measure.VARIANTS, "file")}
    dithered = {name: on_texts(bench, "smol", name, languages)
                for name in ("dithered", *(f"dithered {variant}" for variant in weights.READ))}
    sums = {name: {"sha256": made["sha256"], "kind": texts.SOURCES.get(name, ("conversations of the recipe",))[0]}
            for name, made in bench.texts.items()}
    return {"format": "reckon-quantisation", "version": 1, "reckon_sha256": texts.sha256(bench.reckon),
            "smol_sha256": texts.sha256(bench.smol_file), "mini_sha256": texts.sha256(measure.SHIPPED),
            "mini_f32_sha256": texts.sha256(bench.mini_folder / "model.safetensors"),
            "problems_sha256": texts.sha256(measure.PROBLEMS), "texts": sums, "smol": smol, "mini": mini,
            "accuracy": accuracy(bench), "other_rounding": other_rounding(bench), "dithered": dithered,
            "weight_errors": weight_errors(bench)}


if __name__ == "__main__":
    found = results(measure.Bench(measure.arguments()))
    (HERE / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
