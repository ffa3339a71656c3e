"""What holding weights in fewer bits costs, measured by `reckon`; everything is kept in WORK, and not measured twice.

    python measure.py --reckon RECKON --smol FILE.gguf --mini-f32 FOLDER --sets FOLDER --work WORK [STAGE ...]

FILE.gguf is SmolLM2-135M-Instruct, FOLDER the embedded model in f32, which `python web/embedded/train.py` leaves in
web/embedded/work/hf. Stages: pack, compare, answers, speed, cache, weights; all of them if none is named, in that order.
`report.py` and `plot.py` make results.json, the tables and the picture of what is in WORK.
"""

import argparse
import json
import shutil
import subprocess
from pathlib import Path

import logits
import texts
import weights

HOME = Path(__file__).resolve().parents[3]
SHIPPED = HOME / "web/embedded/reckon-mini.gguf"
PROBLEMS = HOME / "web/embedded/problems.jsonl"
#: How matrices are held, and the embedding and head where that is otherwise.
VARIANTS = {
    "f16": ("f16",), "bf16": ("bf16",), "q8": ("q8",), "q6": ("q6",), "q4 head q8": ("q4", "q8"),
    "q4 head q6": ("q4", "q6"), "q4_1": ("q4_1",), "q4": ("q4",),
}
#: Tokens of each text: 20 stretches of 256.
TOKENS = 5120
#: Tokens of the conversations that the embedded model is held against.
CONVERSATION_TOKENS = 20480
SPEED_ROUNDS, SOFTWARE_GPU_ROUNDS, ALONE_ROUNDS = 5, 3, 4


class Bench:
    """Where things are, and what was measured already."""

    def __init__(self, asked):
        self.reckon, self.work, self.sets = asked.reckon.resolve(), asked.work.resolve(), asked.sets.resolve()
        self.smol_file, self.mini_folder = asked.smol.resolve(), asked.mini_f32.resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.texts = texts.prepare(self.work / "texts", self.sets)

    def run(self, *arguments, **piped):
        """What `reckon` prints."""
        command = ["nice", self.reckon, *map(str, arguments)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8", **piped).stdout

    def kept(self, name, make):
        """The text that is kept under that name, made if it is not there."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            print(name, flush=True)
            part = path.with_name(path.name + ".part")
            part.write_text(make(), encoding="utf-8")
            part.rename(path)
        return path.read_text(encoding="utf-8")

    def packed(self, model, variant):
        """Where a model is that is held so."""
        if variant == "file":
            return self.smol_file if model == "smol" else SHIPPED
        if (model, variant) == ("mini", "f32"):
            return self.mini_folder
        return self.work / f"{model}-{variant.replace(' ', '-')}"

    def pack(self, model, source, variant, dtype, head=None):
        """Has `reckon pack` write it; its report stays."""
        options = ["--dtype", dtype, "--shard", 4096, "--name", "packed", "--json", *(["--head", head] if head else [])]
        out = self.packed(model, variant)

        def make():
            # What an interrupted run left half written.
            shutil.rmtree(out, ignore_errors=True)
            return self.run("pack", source, out, *options)

        return self.kept(f"pack/{out.name}.json", make)


def pack(bench):
    """SmolLM2's matrices as f32 first: the base. Of it every other; the embedded model is f32 already."""
    bench.pack("smol", bench.smol_file, "f32", "f32")
    for model in ("smol", "mini"):
        for variant, dtypes in VARIANTS.items():
            bench.pack(model, bench.packed(model, "f32"), variant, *dtypes)
        for variant in ("f32", "file", *VARIANTS):
            name = bench.packed(model, variant).name
            bench.kept(f"inspect/{model} {name}.json", lambda: bench.run("inspect", bench.packed(model, variant), "--json"))


def compared(bench, model, variant, text, tokens, base="f32"):
    """Has `reckon compare` hold one against the base, on the processor."""
    path = bench.texts[text]["path"]
    models = [bench.packed(model, variant), bench.packed(model, base)]
    command = ["compare", *models, "--text", path, "--tokens", tokens, "--device", "cpu", "--threads", 1, "--json"]
    bench.kept(f"compare/{model} {variant} {text}.json", lambda: bench.run(*command))


def compare(bench):
    """Every way to hold either model, on every text."""
    for variant in (*VARIANTS, "file"):
        compared(bench, "mini", variant, "conversations", CONVERSATION_TOKENS)
    for text in texts.SOURCES:
        for variant in VARIANTS:
            # Rows of 576 are no multiple of 256: with a q6 head the file is the same, byte for byte.
            if variant != "q4 head q6":
                compared(bench, "smol", variant, text, TOKENS)
    # The base has the numbers of the file: one text is enough to show it.
    compared(bench, "smol", "file", "prose", TOKENS)


def answers(bench):
    """Every problem answered greedily by the embedded model, however held: activations int8, as where it is used."""
    asked = PROBLEMS.read_text(encoding="utf-8")
    greedy = ["--device", "cpu", "--temperature", 0, "--max-tokens", 1024, "--prompts", "-"]
    exact = ["--activations", "f32"]
    runs = {variant: (variant, []) for variant in ("file", *VARIANTS)}
    runs |= {
        "f32": ("f32", [*exact, "--dtype", "f32"]),
        "f32 kv f16": ("f32", [*exact, "--dtype", "f32", "--kv", "f16"]),
        "q4 exact": ("q4", exact),
    }
    for name, (variant, options) in runs.items():
        command = ["generate", "--model", bench.packed("mini", variant), *greedy, *options]
        bench.kept(f"answers/{name}.jsonl", lambda: bench.run(*command, input=asked))


def speed(bench):
    """Tokens a second, in rounds, each of which has every way once.

    `alone` is one thread and few tokens at a time, often: where other work shares the cores, the fastest was disturbed least.
    """
    variants = ("f32", *(variant for variant in VARIANTS if variant != "q4 head q6"))
    ways = {
        "cpu": (SPEED_ROUNDS, ["--device", "cpu", "--tokens", 32, "--repeat", 3]),
        "webgpu": (SOFTWARE_GPU_ROUNDS, ["--device", "webgpu", "--tokens", 8, "--repeat", 2]),
        "alone": (ALONE_ROUNDS, ["--device", "cpu", "--threads", 1, "--tokens", 2, "--repeat", 40]),
    }
    for way, (rounds, options) in ways.items():
        for turn in range(rounds):
            for variant in variants:
                command = ["bench", "--model", bench.packed("smol", variant), "--depths", 0, "--prompts", 16, "--json", *options]
                bench.kept(f"speed/{way} {variant} {turn}.json", lambda: bench.run(*command))


def arguments(stages=()):
    """What the command line names; stages only where there are any."""
    parser = argparse.ArgumentParser()
    for name in ("--reckon", "--smol", "--mini-f32", "--sets", "--work"):
        parser.add_argument(name, type=Path, required=True)
    if stages:
        parser.add_argument("stages", nargs="*", metavar="STAGE")
    asked = parser.parse_args()
    unknown = set(getattr(asked, "stages", ())) - set(stages)
    if unknown:
        parser.error(f"no stage: {', '.join(unknown)}; there are {', '.join(stages)}")
    return asked


def main():
    """Runs the stages that are named."""
    stages = {"pack": pack, "compare": compare, "answers": answers, "speed": speed,
              "cache": logits.cache, "weights": weights.errors}
    asked = arguments(stages)
    bench = Bench(asked)
    for stage in asked.stages or stages:
        stages[stage](bench)


if __name__ == "__main__":
    main()
