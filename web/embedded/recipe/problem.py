"""A problem with its worked answer, and which problems are for training and which for tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

TRAIN = "train"
IN_TEMPLATE = "in-template"
HELD_OUT = "held-out"


@dataclass(frozen=True)
class Problem:
    """A question, the thinking that answers it, and the answer."""

    category: str
    #: The wording of the question, by name.
    template: str
    #: What the problem is once the wording is taken away: the kind and the operands.
    key: str
    question: str
    thinking: str
    answer: str
    #: What stands in the box; nothing where nothing is boxed.
    boxed: str | None


def is_for_tests(key):
    """Whether a problem belongs to the tests: one in sixteen, by a hash of its kind and operands."""
    return hashlib.blake2b(key.encode(), digest_size=1).digest()[0] % 16 == 0


class Wordings:
    """The wordings of one thing, of which some are never trained on."""

    def __init__(self, name):
        self.name, self.known, self.held = name, [], []

    def pick(self, rng, split):
        """A wording for a split, and its name."""
        options = self.held if split == HELD_OUT else self.known
        i = rng.randrange(len(options))
        return f"{self.name}/{'held' if split == HELD_OUT else 'known'}-{i}", options[i]


def wordings(title):
    """The wordings of a file, by name: `[name]` begins those that are trained on, `[name held]` the others; a line each."""
    found, lines = {}, None
    for line in (Path(__file__).parent / "wordings" / f"{title}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name, _, kind = line.strip("[]").partition(" ")
            of_name = found.setdefault(name, Wordings(name))
            lines = of_name.held if kind == "held" else of_name.known
        elif line:
            lines.append(line)
    return found


def draw(make, rng, split):
    """A problem of a split; `make` gives one of any operands in a wording of that split."""
    while True:
        problem = make(rng, split)
        if is_for_tests(problem.key) == (split != TRAIN):
            return problem
