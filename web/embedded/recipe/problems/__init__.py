"""All problems, by category."""

from ..problem import draw
from . import algebra, arithmetic, chains, comparing, logic, measures, percentages, stories

#: What makes problems, and how often.
MAKERS = [
    maker
    for module in (arithmetic, comparing, percentages, algebra, stories, measures, chains, logic)
    for maker in module.MAKERS
]
_FUNCTIONS = [make for make, _ in MAKERS]
_WEIGHTS = [weight for _, weight in MAKERS]


def problem(rng, split):
    """A problem of any category."""
    return draw(rng.choices(_FUNCTIONS, _WEIGHTS)[0], rng, split)
