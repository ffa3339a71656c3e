"""Which of two numbers is larger, and numbers in order."""

from decimal import Decimal

from .. import steps
from ..problem import Problem, wordings
from .arithmetic import decimal, integer

WORDINGS = wordings("comparing")


def compared(a, b):
    """How two decimals compare, digit by digit where they are as long."""
    a, b = Decimal(a), Decimal(b)
    sign = "<" if a < b else ">"
    whole = f"{a} {sign} {b}"
    if int(a) != int(b):
        left, right = str(int(a)), str(int(b))
        if len(left) != len(right):
            more, less = (left, right) if len(left) > len(right) else (right, left)
            return f"{more} has {len(more)} digits and {less} has {len(less)}, so {whole}"
        if len(left) == 1:
            return whole
        same = next(i for i, pair in enumerate(zip(left, right)) if pair[0] != pair[1])
        digits = [f"{digit}={digit}" for digit in left[:same]] + [f"{left[same]}{sign}{right[same]}"]
        return f"{', '.join(digits)}, so {whole}"
    deep = max(steps.places(a), steps.places(b))
    left, right = (int(side.scaleb(deep)) % 10**deep for side in (a, b))
    start = f"The whole parts are the same. {steps.padded((a, b), deep)}"
    return f"{start}In {steps.PLACES[deep]}: {left} {sign} {right}, so {whole}"


def scan(numbers, end):
    """The line that finds the largest or smallest of some numbers, one after the other, and that number."""
    best, seen = numbers[0], []
    for number in numbers[1:]:
        is_better = number > best if end == "largest" else number < best
        seen.append(f"{number} {'>' if number > best else '<'} {best}, {'take' if is_better else 'keep'}")
        best = number if is_better else best
    if not seen:
        return f"Last {best}", best
    return f"The {end} of {', '.join(map(str, numbers))}: {numbers[0]}; {'; '.join(seen)}: {best}", best


def comparison(rng, split):
    """Which of two numbers is larger."""
    if rng.random() < 0.4:
        a = decimal(rng, 2, rng.randint(1, 2))
        b = Decimal(f"{int(a)}.{rng.randint(1, 9)}") if rng.random() < 0.7 else decimal(rng, 2, rng.randint(1, 2))
        if rng.random() < 0.5:
            a, b = b, a
    else:
        a, b = integer(rng, 4), integer(rng, 4)
        if rng.random() < 0.6:
            b = (
                int(str(a)[:-1] + str(rng.randint(0, 9)))
                if rng.random() < 0.5
                else rng.randint(10 ** (len(str(a)) - 1), 10 ** len(str(a)) - 1)
            )
    if a == b:
        return comparison(rng, split)
    is_larger = rng.random() < 0.6
    name, text = (WORDINGS["larger"] if is_larger else WORDINGS["smaller"]).pick(rng, split)
    result = (max if is_larger else min)(a, b)
    thinking = compared(a, b)
    word = "larger" if is_larger else "smaller"
    return Problem(
        "comparison and ordering",
        name,
        f"compare {sorted((a, b))}",
        text.format(a=a, b=b),
        thinking,
        rf"The {word} number is $\boxed{{{result}}}$.",
        str(result),
    )


def ordering(rng, split):
    """Numbers in order, or the first or last of them."""
    count, longest = rng.choice([3, 3, 4, 4, 5]), rng.choice([2, 2, 3])
    numbers = list({rng.randint(1, 10**longest - 1) for _ in range(count)})
    if len(numbers) < 3:
        return ordering(rng, split)
    rng.shuffle(numbers)
    style = rng.choice(["up", "up", "down", "largest", "smallest"])
    wordings = {"up": WORDINGS["ascending"], "down": WORDINGS["descending"]}.get(style) or WORDINGS[style]
    name, text = wordings.pick(rng, split)
    listed = ", ".join(map(str, numbers))
    if rng.random() < 0.4:
        listed = " and ".join(listed.rsplit(", ", 1))
    key = f"order {sorted(numbers)}"
    if style in ("largest", "smallest"):
        line, best = scan(numbers, style)
        return Problem(
            "comparison and ordering",
            name,
            key,
            text.format(n=listed),
            line,
            rf"The {style} number is $\boxed{{{best}}}$.",
            str(best),
        )
    rest, taken, lines = list(numbers), [], []
    while rest:
        line, best = scan(rest, "smallest" if style == "up" else "largest")
        lines.append(line)
        rest.remove(best)
        taken.append(best)
    boxed = ", ".join(map(str, taken))
    return Problem(
        "comparison and ordering",
        name,
        key,
        text.format(n=listed),
        "\n".join(lines),
        rf"In order: $\boxed{{{boxed}}}$",
        boxed,
    )


MAKERS = [(comparison, 4), (ordering, 4)]
