"""Word problems with two operations of different kinds."""

from .. import steps
from ..problem import wordings
from ..words import PEOPLE
from .stories import cast, written

WORDINGS = wordings("chains")


def two_steps(rng, split):
    """A story with two operations of different kinds."""
    kind = rng.choice(["groups-then", "groups-less", "more-together", "then-shared"])
    words, _ = cast(rng)
    a, b = rng.randint(2, 9), rng.randint(2, 30)
    c = rng.randint(1, min(a * b - 1, 60))
    if kind == "more-together":
        a = rng.randint(2, 90)
    if kind == "then-shared":
        b = rng.randint(2, 9)
    words |= {"a": a, "b": b, "c": c, "d": a * b + c, "people": rng.choice(PEOPLE)}
    name, text = WORDINGS[kind].pick(rng, split)
    if kind == "more-together":
        lines = [f"{words['friend']}: {steps.add(a, b)}", f"Together: {steps.add(a, a + b)}"]
        result, key = 2 * a + b, (a, b)
    elif kind == "then-shared":
        lines = [f"The rest: {steps.subtract(a * b + c, c)}", f"Shared by {b}: {steps.divide(a * b, b)}"]
        result, key = a, (a, b, c)
    else:
        is_more = kind == "groups-then"
        lines = [
            f"{a} groups of {b}: {steps.multiply(a, b)}",
            f"{c} more: {steps.add(a * b, c)}" if is_more else f"{c} less: {steps.subtract(a * b, c)}",
        ]
        result, key = a * b + (c if is_more else -c), (a, b, c)
    return written("word problems", name, f"{kind} {key}", words, text, lines, result)


MAKERS = [(two_steps, 4)]
