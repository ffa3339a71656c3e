"""Held-out problems, and how well they are answered: by `reckon`, on the files as they are."""

import json
import random
import re
import subprocess
from collections import defaultdict
from pathlib import Path

from . import check, problems
from .problem import HELD_OUT, IN_TEMPLATE, draw

HOME = Path(__file__).resolve().parents[3]
#: Problems of a category and a split.
EACH = 60
SPLITS = (IN_TEMPLATE, HELD_OUT)
#: Most tokens of an answer.
LONGEST = 1024


def held_out(seed):
    """The problems of the tests, no two alike: as many of each category in wordings of the training and in others."""
    found, seen = [], set()
    by_category = defaultdict(list)
    for make, weight in problems.MAKERS:
        category = draw(make, random.Random(0), IN_TEMPLATE).category
        by_category[category].append((make, weight))
    for category, makers in by_category.items():
        for split in SPLITS:
            rng, count = random.Random(f"{seed}/{category}/{split}"), 0
            while count < EACH:
                make = rng.choices([make for make, _ in makers], [weight for _, weight in makers])[0]
                problem = draw(make, rng, split)
                if not seen.isdisjoint({problem.question, problem.key}):
                    continue
                seen |= {problem.question, problem.key}
                count += 1
                place = f"{category.replace(' ', '-')}/{split}/{count}"
                found.append(
                    {
                        "id": place,
                        "category": category,
                        "split": split,
                        "template": problem.template,
                        "key": problem.key,
                        "prompt": problem.question,
                        "answer": problem.boxed,
                    }
                )
    return found


def boxed(answer):
    """What stands in the last box of an answer; nothing where there is none."""
    begin = answer.rfind(r"\boxed{")
    if begin < 0:
        return None
    begin += len(r"\boxed{")
    depth = 1
    for i, character in enumerate(answer[begin:], begin):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return plain(answer[begin:i])
    return None


def plain(text):
    """A box's content without its LaTeX."""
    return re.sub(r"\s+", " ", re.sub(r"\\text\{([^}]*)\}", r"\1", text).replace(r"\%", "%")).strip()


def reckon(*arguments, **piped):
    """Runs `reckon`; what it prints."""
    command = ["cargo", "run", "--quiet", "--release", "--", *arguments]
    return subprocess.run(
        command, cwd=HOME, text=True, encoding="utf-8", stdout=subprocess.PIPE, check=True, **piped
    ).stdout


def answered(model, asked, out, *options):
    """Has `reckon` answer every problem greedily; the lines that it writes, which are kept in `out`."""
    lines = "".join(json.dumps(problem, ensure_ascii=False) + "\n" for problem in asked)
    greedy = ["--device", "cpu", "--temperature", "0", "--max-tokens", str(LONGEST)]
    printed = reckon("generate", "--model", str(model), "--prompts", "-", *greedy, *options, input=lines)
    out.write_text(printed, encoding="utf-8")
    return [json.loads(line) for line in printed.splitlines()]


def table(answers):
    """Right answers, and those of them whose every written step is true, by category and split; `all` is the sum."""
    rows = defaultdict(lambda: {split: {"of": 0, "right": 0, "true": 0} for split in SPLITS})
    for asked in answers:
        is_right = boxed(asked["output"]["answer"]) == asked["answer"]
        is_true = is_right and not check.false_steps(asked["output"]["thinking"])
        for category in (asked["category"], "all"):
            cell = rows[category][asked["split"]]
            cell["of"] += 1
            cell["right"] += is_right
            cell["true"] += is_true
    return dict(rows)
