"""Word problems about prices, speeds, areas, units, averages and ages."""

from .. import steps
from ..problem import Problem, wordings
from ..words import GOODS, UNITS, names, plural
from .stories import capital, written

WORDINGS = wordings("measures")


def shopping(rng, split):
    """Prices, totals and change."""
    (g, gs), (h, hs) = rng.sample(GOODS, 2)
    n, p, k, q = (
        rng.randint(2, 9),
        rng.choice([rng.randint(2, 12), rng.randint(10, 40)]),
        rng.randint(2, 9),
        rng.randint(2, 15),
    )
    m = -(-n * p // 10) * 10 + rng.choice([0, 0, 10, 20])
    words = {"name": names(rng, 1)[0], "g": g, "gs": gs, "h": h, "hs": hs, "n": n, "p": p, "k": k, "q": q, "m": m}
    kind = rng.choice(["total-price", "change-back", "change-back", "two-goods"])
    name, text = WORDINGS[kind].pick(rng, split)
    lines, result = [f"{n} {gs}: {steps.multiply(n, p)}"], n * p
    if kind == "change-back":
        lines.append(f"Change: {steps.subtract(m, result)}")
        result = m - result
    elif kind == "two-goods":
        lines += [f"{k} {hs}: {steps.multiply(k, q)}", f"Together: {steps.add(n * p, k * q)}"]
        result += k * q
    operands = {"total-price": [n, p], "change-back": [n, p, m], "two-goods": [n, p, k, q]}[kind]
    key = f"{kind} {operands}"
    answer = rf"The answer is $\boxed{{{result}}}$ dollars."
    return Problem("word problems", name, key, capital(text.format(**words)), "\n".join(lines), answer, str(result))


def rates(rng, split):
    """Speeds, durations, areas and perimeters."""
    kind = rng.choice(["distance", "duration", "area", "perimeter"])
    a, b = rng.randint(2, 60), rng.randint(2, 9)
    if kind == "duration":
        a = rng.randint(2, 12)
        b = rng.randint(2, 20)
    if kind in ("area", "perimeter"):
        a, b = rng.randint(3, 30), rng.randint(2, 20)
    words = {"name": names(rng, 1)[0], "a": a, "b": b, "c": a * b}
    name, text = WORDINGS[kind].pick(rng, split)
    if kind == "duration":
        lines, result = [f"{a * b} in parts of {a}", steps.divide(a * b, a)], b
    elif kind == "perimeter":
        lines, result = [f"Two sides: {steps.add(a, b)}", f"All four: {steps.multiply(a + b, 2)}"], 2 * (a + b)
    else:
        lines, result = [f"{a} times {b}", steps.multiply(a, b)], a * b
    return written("word problems", name, f"{kind} {a} {b}", words, text, lines, result)


def units(rng, split):
    """A length, a weight, a time or an amount of money in another unit."""
    large, small, scale = rng.choice(UNITS)
    n = rng.randint(2, 30)
    is_back = rng.random() < 0.35 and scale in (7, 10, 12, 60, 100, 1000, 3)
    given = n * scale if is_back else n
    name, text = (WORDINGS["convert-back"] if is_back else WORDINGS["convert"]).pick(rng, split)
    words = {"ls": plural(large, 2), "ss": plural(small, 2), "n": given}
    fact = f"1 {large} has {scale} {plural(small, scale)}"
    if not is_back:
        lines, result, unit = [fact, steps.multiply(n, scale)], n * scale, plural(small, n * scale)
    else:
        work = steps.divide_shortened(given, scale)
        lines, result, unit = [fact, work], n, plural(large, n)
    return written("word problems", name, f"units {large} {small} {given}", words, text, lines, result, unit)


def average(rng, split):
    """The mean of some numbers."""
    count = rng.randint(2, 5)
    numbers = [rng.randint(1, 40) for _ in range(count)]
    rest = sum(numbers) % count
    numbers[-1] += count - rest if rest else 0
    name, text = WORDINGS["average"].pick(rng, split)
    listed = " and ".join(", ".join(map(str, numbers)).rsplit(", ", 1))
    total, lines = numbers[0], []
    for number in numbers[1:]:
        lines.append(steps.add(total, number))
        total += number
    lines.append(f"{count} numbers: {steps.divide(total, count)}")
    return written(
        "word problems",
        name,
        f"average {sorted(numbers)}",
        {"n": listed, "name": names(rng, 1)[0]},
        text,
        lines,
        total // count,
    )


def ages(rng, split):
    """How old somebody will be, or was."""
    is_later = rng.random() < 0.5
    a = rng.randint(5, 70)
    b = rng.randint(2, 40) if is_later else rng.randint(1, a - 1)
    name, text = (WORDINGS["ages"] if is_later else WORDINGS["ages-ago"]).pick(rng, split)
    line, result = (steps.add(a, b), a + b) if is_later else (steps.subtract(a, b), a - b)
    why = f"{b} years later" if is_later else f"{b} years earlier"
    return written(
        "word problems",
        name,
        f"ages {is_later} {a} {b}",
        {"name": names(rng, 1)[0], "a": a, "b": b},
        text,
        [why, line],
        result,
    )


MAKERS = [(shopping, 4), (rates, 3), (units, 3), (average, 2), (ages, 1)]
