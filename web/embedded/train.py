#!/usr/bin/env python3
"""Makes Reckon's embedded model: data, tokenizer, training, export, scores. See README.md beside it."""

import argparse
import ctypes
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# Large tensors are kept from going back to the system after every step: taking them anew costs a page fault each 4 KB.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
if sys.platform == "linux":
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)

import torch  # noqa: E402

from recipe import export, plot, report, scoring, tokenizer, training  # noqa: E402

#: Eighty minutes on two cores.
STEPS = 5400


def main():
    """The whole recipe."""
    arguments = parse()
    work = arguments.work
    if arguments.fresh and work.exists():
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    words = tokenizer.make(arguments.seed)
    tokenizer.save(words, work)
    model = training.train(
        words, work, seed=arguments.seed, steps=arguments.steps, device=torch.device(arguments.device)
    ).cpu()
    plot.losses(work / "losses.jsonl", work / "loss.svg")
    export.folder(model, words, work / "hf")
    packed = work / "reckon-mini.gguf"
    export.shipped(model, words, packed)
    asked = scoring.held_out(arguments.seed)
    (work / "problems.jsonl").write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in asked), encoding="utf-8"
    )
    print(f"{packed}: {packed.stat().st_size:,} bytes")
    if not shutil.which("cargo"):
        raise SystemExit("not scored: there is no cargo to run reckon with (https://rustup.rs)")
    report.write(packed, work / "hf", asked, work)


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of training, of 4,096 to 4,608 tokens")
    parser.add_argument("--seed", type=int, default=0, help="of data, weights and problems")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="what trains")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; 0 is one a core")
    parser.add_argument(
        "--work", type=Path, default=HERE / "work", help="folder of checkpoints and results; a run resumes there"
    )
    parser.add_argument("--fresh", action="store_true", help="begin anew, whatever the folder has")
    return parser.parse_args()


if __name__ == "__main__":
    main()
