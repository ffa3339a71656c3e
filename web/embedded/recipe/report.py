"""Scores of a finished model: the shipped file, the same weights in f32, and what `reckon pack` makes of them."""

import json
import random

from . import documents, scoring
from .scoring import SPLITS, reckon

PACKED = ("q8", "q6", "q4")
#: Conversations of the training's kind, never trained on, and how many of their tokens divergence is told over.
TRANSCRIPTS, TOKENS = 60, 4096


def write(shipped, folder, asked, work):
    """Scores every variant and writes scores.json and scores.md; the answers themselves stay in answers-*.jsonl."""
    text = work / "transcripts.txt"
    rng = random.Random("transcripts")
    text.write_text("".join(documents.conversation(rng).text for _ in range(TRANSCRIPTS)), encoding="utf-8")
    variants = {"f32": (folder, ["--dtype", "f32", "--activations", "f32"]), "shipped": (shipped, [])}
    for dtype in PACKED:
        out = work / f"packed-{dtype}"
        if not out.exists():
            reckon("pack", str(folder), str(out), "--dtype", dtype)
        variants[dtype] = (out, [])
    scores = {}
    for name, (model, options) in variants.items():
        answers = scoring.answered(model, asked, work / f"answers-{name}.jsonl", *options)
        scores[name] = {"scores": scoring.table(answers), "bytes": _bytes(model)}
        if name != "f32":
            scores[name]["loss"] = json.loads(
                reckon("compare", str(model), str(folder), "--text", str(text), "--tokens", str(TOKENS), "--json")
            )
    (work / "scores.json").write_text(json.dumps(scores, indent=1) + "\n")
    (work / "scores.md").write_text(by_category(scores["shipped"]["scores"]) + "\n" + by_variant(scores))
    print((work / "scores.md").read_text())


def by_category(scores):
    """A table in Markdown: a row a category."""
    lines = ["| category | in-template | held-out template | thinking true |", "|---|---:|---:|---:|"]
    for category, cells in sorted(scores.items(), key=lambda row: (row[0] == "all", row[0])):
        right = sum(cell["right"] for cell in cells.values())
        true = sum(cell["true"] for cell in cells.values())
        shares = " | ".join(f"{percent(cells[split]['right'], cells[split]['of'])} %" for split in SPLITS)
        lines.append(f"| {category} | {shares} | {percent(true, right)} % |")
    return "\n".join(lines) + "\n"


def by_variant(scores):
    """A table in Markdown: a row a way to hold the weights."""
    lines = [
        "| held as | bytes | in-template | held-out template | KL to f32, nats a token | same likeliest token |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, of in scores.items():
        cells, loss = of["scores"]["all"], of.get("loss")
        shares = " | ".join(f"{percent(cells[split]['right'], cells[split]['of'])} %" for split in SPLITS)
        told = (
            f"{loss['kl']:.5f} ± {loss['kl_standard_error']:.5f} | {100 * loss['same_top']:.2f} %"
            if loss
            else "0 | 100 %"
        )
        lines.append(f"| {name} | {of['bytes']:,} | {shares} | {told} |")
    return "\n".join(lines) + "\n"


def percent(part, whole):
    """A share, as it stands in a table."""
    return f"{100 * part / whole:.1f}" if whole else "-"


def _bytes(model):
    """Bytes of a file, or of the weights in a folder."""
    return (
        model.stat().st_size
        if model.is_file()
        else sum(file.stat().st_size for file in model.iterdir() if file.suffix in (".gguf", ".safetensors"))
    )
