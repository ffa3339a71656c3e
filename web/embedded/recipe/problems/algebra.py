"""Equations with one unknown, and sequences."""

from .. import steps
from ..problem import Problem, wordings

WORDINGS = wordings("algebra")


def linear(rng, split):
    """An equation with one unknown."""
    x = rng.choice("xxxxyznab")
    a, value, b = rng.randint(2, 12), rng.randint(0, 30), rng.randint(1, 60)
    style = rng.choice(
        ["x+b", "b+x", "x-b", "ax", "x/a", "ax+b", "ax+b", "ax-b", "ax-b", "b-x", "think", "ax+b=c=", "a(x+b)"]
    )
    space = " " if rng.random() < 0.75 else ""
    plus, minus, equals = f"{space}+{space}", f"{space}-{space}", f"{space}={space}"
    times = rng.choice(["", "", " × ", "*"])
    c = a * value
    if style in ("x+b", "b+x"):
        c = value + b
        text = f"{x}{plus}{b}" if style == "x+b" else f"{b}{plus}{x}"
        lines = [f"{x} = {c} - {b}", steps.subtract(c, b)]
    elif style == "x-b":
        c, value = value, value + b
        text, lines = f"{x}{minus}{b}", [f"{x} = {c} + {b}", steps.add(c, b)]
    elif style == "b-x":
        c, value = b, rng.randint(0, b)
        b, c = c, c - value
        text, lines = f"{b}{minus}{x}", [f"{x} = {b} - {c}", steps.subtract(b, c)]
    elif style == "ax":
        text, lines = f"{a}{times}{x}", [f"{x} = {c} ÷ {a}", steps.divide(c, a)]
    elif style == "x/a":
        c, value = value, value * a
        text, lines = f"{x}{space}{rng.choice('/÷')}{space}{a}", [f"{x} = {c} × {a}", steps.multiply(c, a)]
    elif style == "a(x+b)":
        b = rng.randint(1, 12)
        c = a * (value + b)
        text = f"{a}({x}{plus}{b})"
        lines = [f"{x} + {b} = {c} ÷ {a}", steps.divide(c, a), f"{x} = {value + b} - {b}", steps.subtract(value + b, b)]
    elif style == "ax-b":
        c = a * value - b
        if c < 0:
            return linear(rng, split)
        text = f"{a}{times}{x}{minus}{b}"
        lines = [f"{a}{x} = {c} + {b}", steps.add(c, b), f"{x} = {c + b} ÷ {a}", steps.divide(c + b, a)]
    else:
        c = a * value + b
        text = f"{a}{times}{x}{plus}{b}"
        lines = [f"{a}{x} = {c} - {b}", steps.subtract(c, b), f"{x} = {c - b} ÷ {a}", steps.divide(c - b, a)]
    if style == "think":
        name, question = WORDINGS["think-of-a-number"].pick(rng, split)
        question = question.format(a=a, b=b, c=c)
        lines = [line.replace(f"{a}{x} =", f"{a} × the number =").replace(f"{x} =", "The number =") for line in lines]
        return Problem(
            "equations",
            name,
            f"equation {style} {a} {b} {c}",
            question,
            "\n".join(lines),
            rf"The number is $\boxed{{{value}}}$.",
            str(value),
        )
    written = f"{c}{equals}{text}" if style == "ax+b=c=" else f"{text}{equals}{c}"
    name, question = WORDINGS["solve"].pick(rng, split)
    return Problem(
        "equations",
        name,
        f"equation {style} {a} {b} {c}",
        question.format(e=written, x=x),
        "\n".join(lines),
        rf"${x} = \boxed{{{value}}}$",
        str(value),
    )


def sequence(rng, split):
    """The next number of a sequence."""
    kind = rng.choice(["plus", "plus", "plus", "minus", "minus", "times", "growing", "sum", "squares", "halves"])
    length = rng.randint(4, 5)
    if kind == "plus":
        start, step = rng.randint(0, 99), rng.randint(1, 25)
        numbers = [start + step * i for i in range(length + 1)]
    elif kind == "minus":
        step = rng.randint(1, 20)
        last = rng.randint(0, 60)
        numbers = [last + step * i for i in range(length, -1, -1)]
    elif kind == "times":
        start, step = rng.randint(1, 9), rng.choice([2, 2, 3, 4, 5, 10])
        length = 4
        numbers = [start * step**i for i in range(length + 1)]
    elif kind == "halves":
        length = 4
        numbers = [rng.randint(1, 12) * 2**length]
        numbers += [numbers[0] // 2**i for i in range(1, length + 1)]
    elif kind == "growing":
        start, step = rng.randint(0, 30), rng.randint(1, 9)
        numbers = [start]
        for i in range(length):
            numbers.append(numbers[-1] + step + i)
    elif kind == "sum":
        numbers = [rng.randint(1, 12), rng.randint(1, 12)]
        while len(numbers) <= 5:
            numbers.append(numbers[-2] + numbers[-1])
    else:
        start = rng.randint(1, 12)
        numbers = [(start + i) ** 2 for i in range(length + 1)]
    *shown, result = numbers
    name, text = WORDINGS["next"].pick(rng, split)
    listed = (", " if rng.random() < 0.8 else " ").join(map(str, shown))
    lines = explained(kind, shown, result)
    return Problem(
        "sequences",
        name,
        f"sequence {numbers}",
        text.format(n=listed),
        "\n".join(lines),
        rf"The next number is $\boxed{{{result}}}$.",
        str(result),
    )


def explained(kind, shown, result):
    """What the rule of a sequence is, and the next number by it."""
    pairs = list(zip(shown, shown[1:]))
    last = shown[-1]
    # The first difference is worked out, the others are seen to follow.
    first = steps.subtract(*sorted(shown[:2], reverse=True))
    differences = [first, *(f"{max(pair)}-{min(pair)}={max(pair) - min(pair)}" for pair in pairs[1:])]
    if kind == "plus":
        return [
            f"{', '.join(differences)}. It grows by {shown[1] - shown[0]} each time",
            steps.add(last, shown[1] - shown[0]),
        ]
    if kind == "minus":
        return [
            f"{', '.join(differences)}. It falls by {shown[0] - shown[1]} each time",
            steps.subtract(last, shown[0] - shown[1]),
        ]
    if kind in ("times", "halves"):
        ratios = [f"{max(a, b)}÷{min(a, b)}={max(a, b) // min(a, b)}" for a, b in pairs]
        ratio = max(shown[0], shown[1]) // min(shown[0], shown[1])
        if kind == "times":
            return [f"{', '.join(ratios)}. It is multiplied by {ratio} each time", steps.multiply(last, ratio)]
        return [f"{', '.join(ratios)}. It is divided by 2 each time", steps.divide(last, 2)]
    if kind == "growing":
        step = result - last
        return [f"{', '.join(differences)}. The steps grow by 1, the next is {step}", steps.add(last, step)]
    if kind == "sum":
        sums = [f"{a}+{b}={c}" for a, b, c in zip(shown, shown[1:], shown[2:])]
        return [f"{', '.join(sums)}. Each is the sum of the two before", steps.add(shown[-2], last)]
    roots = [round(number**0.5) for number in shown]
    squares, root = [f"{root}×{root}={root * root}" for root in roots], roots[-1] + 1
    return [f"{', '.join(squares)}. These are squares, the next is of {root}", steps.multiply(root, root)]


MAKERS = [(linear, 5), (sequence, 6)]
