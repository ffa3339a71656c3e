"""Percentages: of something, off, more, and what percentage it is."""

from decimal import Decimal

from .. import steps
from ..problem import Problem, wordings
from ..words import GOODS, names
from .arithmetic import WORDINGS as ARITHMETIC
from .arithmetic import equation

WORDINGS = wordings("percentages")


def share(p, n):
    """The lines that work out p % of n, and the result."""
    if p == 50:
        return [
            f"50% is half: {steps.divide(n, 2)}"
            if n % 2 == 0
            else f"50% is half: {n} ÷ 2 = {steps.plain(Decimal(n) / 2)}"
        ], Decimal(n) / 2
    product = n * p
    result = Decimal(product) / 100
    return [f"{p}% of {n} is {n} × {p} ÷ 100", steps.multiply(n, p), f"{product} ÷ 100 = {steps.plain(result)}"], result


def percentage(rng, split):
    """Percentages: of something, off, more, and what percentage it is."""
    p = rng.choice([5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, rng.randint(1, 99)])
    n = rng.choice([rng.randint(1, 50) * 10, rng.randint(1, 99) * 4, rng.randint(1, 30) * 20, rng.randint(2, 400)])
    words = {"p": p, "n": n, "g": rng.choice(GOODS)[0], "name": names(rng, 1)[0]}
    style = rng.random()
    if style < 0.45:
        phrase_name, phrase = WORDINGS["percent-of"].pick(rng, split)
        name, text = ARITHMETIC["asking"].pick(rng, split)
        lines, result = share(p, n)
        result = steps.plain(result)
        return Problem(
            "percentages",
            f"{name}+{phrase_name}",
            f"% of {p} {n}",
            text.format(e=phrase.format(**words)),
            "\n".join(lines),
            equation(rf"{p}% \text{{ of }} {n}", result),
            result,
        )
    if style < 0.8:
        is_less = style < 0.63
        n = n if n * p % 100 == 0 else rng.randint(1, 9) * 100
        words["n"] = n
        name, text = (WORDINGS["discount"] if is_less else WORDINGS["raise"]).pick(rng, split)
        lines, change = share(p, n)
        change = int(change)
        result = n - change if is_less else n + change
        lines.append(steps.subtract(n, change) if is_less else steps.add(n, change))
        return Problem(
            "percentages",
            name,
            f"% {'off' if is_less else 'more'} {p} {n}",
            text.format(**words),
            "\n".join(lines),
            rf"The result is $\boxed{{{result}}}$.",
            str(result),
        )
    n = rng.choice([4, 5, 10, 20, 25, 40, 50, 80, 100, 200])
    k = rng.randint(1, n)
    while k * 100 % n:
        k = rng.randint(1, n)
    name, text = WORDINGS["what-percent"].pick(rng, split)
    result = k * 100 // n
    thinking = f"{k} of {n} is {k} × 100 ÷ {n}\n{k} × 100 = {k * 100}\n{steps.divide_shortened(k * 100, n)}"
    return Problem(
        "percentages",
        name,
        f"what % {k} {n}",
        text.format(k=k, n=n, name=words["name"]),
        thinking,
        rf"That is $\boxed{{{result}\%}}$.",
        f"{result}%",
    )


MAKERS = [(percentage, 6)]
