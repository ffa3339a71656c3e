"""Prints the tables of the README, in Markdown, of results.json.

    python tables.py
"""

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Ways to hold the embedded model, from most bits to fewest; what is not a dtype says what else is rounded, or is not.
ORDER = ("f32", "f32 kv f16", "f16", "bf16", "file", "q8", "q6", "q4 head q8", "q4 head q6", "q4_1", "q4", "q4 exact")


def table(head, rows):
    """Markdown: the first column is text, the others are numbers."""
    print("| " + " | ".join(head) + " |")
    print("|---" + "|--:" * (len(head) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def divergence(loss):
    """KL with its standard error, to two digits of that."""
    return f"{figure(loss['kl'])} ± {figure(loss['kl_standard_error'])}"


def figure(value):
    """Two or three digits that count."""
    if value == 0:
        return "0"
    if value < 1e-4:
        mantissa, power = f"{value:.1e}".split("e")
        return f"{mantissa}·10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    return f"{value:.5f}" if value < 0.01 else f"{value:.4f}"


def megabytes(count):
    """Of bytes."""
    return f"{count / 1e6:,.1f}" if count >= 1e7 else f"{count / 1e6:,.2f}"


def size(row):
    """File, bytes that a token reads, and what that is a weight."""
    return [f"{row['file_bytes']:,}", f"{row['bytes_per_token']:,}", f"{row['bits_per_weight']:.2f}"]


def speed(found):
    """Tokens a second: the fastest of one thread; of two, and of lavapipe, the median of the rounds, and from the slowest to the fastest."""
    rows = []
    f32 = found["smol"]["f32"]["speed"]["alone"]["fastest"]
    for name, row in found["smol"].items():
        if row["speed"] and "same_file_as" not in row:
            told = row["speed"]
            rounds = [f"{told[way]['median']:.1f} ({told[way]['least']:.1f}–{told[way]['most']:.1f})" for way in ("cpu", "webgpu")]
            alone = told["alone"]
            rows.append([name, f"{row['bytes_per_token'] / 1e6:.1f}", f"{alone['fastest']:.1f}", f"{alone['gb_per_s']:.1f}",
                         f"{alone['fastest'] / f32:.1f}", rounds[0], f"{told['cpu']['gb_per_s']:.1f}", rounds[1],
                         f"{told['webgpu']['gb_per_s']:.1f}", str(told["webgpu"]["dispatches_per_token"])])
    table(["held as", "a token reads, MB", "1 thread, fastest: tokens/s", "GB/s", "times f32", "2 threads: tokens/s", "GB/s",
           "lavapipe: tokens/s", "GB/s", "dispatches a token"], rows)


def smol(found):
    """What SmolLM2 loses."""
    rows = []
    for name, row in found["smol"].items():
        loss = row["loss"].get("all")
        if name == "f32":
            base = found["smol"]["q4"]["loss"]["all"]["base_perplexity"]
            told = ["0", "100", f"{base:.3f}", "1"]
        elif loss and name != "file":
            ratio = loss["perplexity"] / loss["base_perplexity"]
            told = [divergence(loss), f"{100 * loss['same_top']:.2f}", f"{loss['perplexity']:.3f}", f"{ratio:.4f}"]
        else:
            told = ["as f32"] * 4
        rows.append([name, *size(row), *told])
    table(["held as", "file, bytes", "a token reads, bytes", "bits a weight", "KL, nats a token", "same top, %", "perplexity", "of f32's"],
          rows)


def by_text(found):
    """The same on each text: divergence, and perplexity."""
    names = [name for name in found["texts"] if name != "conversations"]
    rows = []
    for variant, row in found["smol"].items():
        loss = row["loss"]
        if all(name in loss for name in names):
            rows.append([variant, *(f"{divergence(loss[name])}; {loss[name]['perplexity']:.2f}" for name in names)])
    base = found["smol"]["q4"]["loss"]
    table(["KL; perplexity", *names], [["f32", *(f"0; {base[name]['base_perplexity']:.2f}" for name in names)], *rows])


def other(found):
    """Keys and values in f16, activations in int8."""
    rows = [[name, f"{part['all']['tokens']:,}", divergence(part["all"]), f"{100 * part['all']['same_top']:.2f}",
             f"{part['all']['perplexity']:.4f}", f"{part['all']['base_perplexity']:.4f}"]
            for name, part in found["other_rounding"].items()]
    table(["what is rounded", "tokens", "KL, nats a token", "same top, %", "perplexity", "without"], rows)


def fresh(found):
    """Weights on a grid of four bits beside weights on none."""
    types = ("f16", "bf16", "q8", "q6", "q4_1", "q4")
    names = {"smol": "SmolLM2, from Q4_1", "smol-dithered": "the same, dithered", "mini": "embedded model, f32 as trained",
             "smol-normal": "noise, normal", "smol-t3": "noise, Student's t, 3 degrees"}
    errors = found["weight_errors"]
    table(["error of the median matrix, %", *types],
          [[label, *(f"{100 * errors[name][kind]['median']:.3f}" if kind in errors[name] else "–" for kind in types)]
           for name, label in names.items()])
    rows = []
    for variant, parts in found["dithered"].items():
        kind = variant.removeprefix("dithered").strip()
        for text, loss in parts.items():
            if text != "all":
                grid = found["smol"][kind]["loss"][text] if kind else None
                rows.append([variant, text, divergence(loss), divergence(grid) if grid else "–",
                             f"{loss['perplexity']:.2f}", f"{loss['base_perplexity']:.2f}"])
    table(["held as", "text", "KL, nats a token", "KL from the grid", "perplexity", "of its base"], rows)


def accuracy(found):
    """Problems solved, and each way against f32: all of them, then by where their wordings come from."""
    rows, by_split = [], []
    for name in ORDER:
        row = found["accuracy"][name]
        low, high = (100 * end for end in row["all"]["wilson"])
        rows.append([name, str(row["all"]["right"]), f"{percent(row['all'])}", f"{low:.1f}–{high:.1f}", *against(row["all"], name),
                     f"{row['same_text_as_f32']:,}"])
        parts = []
        for split in ("in-template", "held-out"):
            low, high = (100 * end for end in row[split]["wilson"])
            parts += [f"{percent(row[split])} ({low:.1f}–{high:.1f})", *against(row[split], name)]
        by_split.append([name, *parts])
    test = ["b / c", "p", "difference, points"]
    table(["held as", "right of 1,320", "%", "Wilson, 95 %", *test, "same text as f32"], rows)
    table(["held as", "in-template, %", *test, "held-out, %", *test], by_split)


def percent(part):
    """A share."""
    return f"{100 * part['right'] / part['of']:.2f}"


def against(part, name):
    """McNemar's test against f32, and the interval of the paired difference."""
    if name == "f32":
        return ["–"] * 3
    test = part["against_f32"]
    low, high = (signed(100 * end) for end in test["interval"])
    return [f"{test['b']} / {test['c']}", f"{test['p']:.2f}", f"{signed(100 * test['difference'])} ({low} to {high})"]


def signed(value):
    """With its sign, unless it is nothing."""
    return f"{value:+.2f}".replace("-", "−") if round(value, 2) else "0"


def mini(found):
    """Sizes and divergence of the embedded model."""
    rows = []
    for name, row in found["mini"].items():
        loss = row["loss"].get("all")
        told = [divergence(loss), f"{100 * loss['same_top']:.2f}", f"{loss['perplexity']:.3f}"] if loss else [
            "0", "100", f"{found['mini']['q4']['loss']['all']['base_perplexity']:.3f}"]
        rows.append([name, *size(row), *told])
    table(["held as", "file, bytes", "a token reads, bytes", "bits a weight", "KL, nats a token", "same top, %", "perplexity"], rows)


if __name__ == "__main__":
    measured = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    for part in (smol, by_text, speed, other, fresh, mini, accuracy):
        part(measured)
