"""Word problems with one kind of operation: an amount that changes, groups, shares, differences."""

from .. import steps
from ..problem import Problem, wordings
from ..words import CONTAINERS, PEOPLE, counted, names, things

WORDINGS = wordings("stories")
#: How a kind of story is worked out, and what is noted first.
KINDS = {
    "groups": lambda a, b: (steps.multiply(a, b), a * b),
    "times": lambda a, b: (steps.multiply(a, b), a * b),
    "sharing": lambda a, b: (steps.divide(a, b), a // b),
    "leftover": lambda a, b: (f"{steps.divide(a, b)}\nLeft over: {a % b}", a % b),
    "compared": lambda a, b: (steps.add(a, b), a + b),
    "fewer": lambda a, b: (steps.subtract(a, b), a - b),
    "difference": lambda a, b: (steps.subtract(a, b), a - b),
    "together": lambda a, b: (steps.add(a, b), a + b),
    "missing": lambda a, b: (steps.subtract(a, b), a - b),
}
REASONS = {
    "groups": "{a} groups of {b}",
    "times": "{b} times {a}",
    "sharing": "{a} shared by {b}",
    "leftover": "{a} shared by {b}",
    "compared": "{b} more than {a}",
    "fewer": "{b} fewer than {a}",
    "difference": "{a} compared with {b}",
    "together": "{a} and {b} together",
    "missing": "{b} of {a} are there",
}


def cast(rng):
    """Who and what a story is about."""
    name, friend = names(rng, 2)
    thing, box = things(rng), rng.choice(CONTAINERS)
    who = rng.choice([name, name, "she", "he", "She", "He"])
    return {
        "name": name,
        "friend": friend,
        "who": who,
        "obj": name,
        "thing": thing[0],
        "things": thing[1],
        "box": box[0],
        "boxes": box[1],
    }, thing


def capital(text):
    """A text with a capital at the beginning of every sentence."""
    out, begins = [], True
    for character in text:
        out.append(character.upper() if begins and character.isalpha() else character)
        begins = character in ".?!" or (begins and not character.isalnum())
    return "".join(out)


def change(rng, split):
    """An amount that grows and shrinks."""
    words, thing = cast(rng)
    a = rng.choice([rng.randint(3, 30), rng.randint(20, 99), rng.randint(100, 500)])
    name, text = WORDINGS["start"].pick(rng, split)
    names, story, lines = [name], [text.format(**words, a=counted(a, thing))], [f"Start: {a}"]
    total, moves = a, []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        is_more = rng.random() < 0.45 or total < 3
        n = rng.randint(2, 60) if is_more else rng.randint(1, min(total - 1, 90))
        name, text = (WORDINGS["more"] if is_more else WORDINGS["less"]).pick(rng, split)
        number = (
            counted(n, thing)
            if rng.random() < 0.35 and " more" not in text and "of them" not in text and "are" not in text
            else n
        )
        story.append(text.format(**words, n=number))
        names.append(name)
        lines.append(f"{n} more: {steps.add(total, n)}" if is_more else f"{n} less: {steps.subtract(total, n)}")
        total += n if is_more else -n
        moves.append(n if is_more else -n)
    name, text = WORDINGS["left"].pick(rng, split)
    story.append(text.format(**words))
    answer = rf"There are $\boxed{{{total}}}$ {thing[1]}."
    return Problem(
        "word problems",
        "|".join([*names, name]),
        f"change {a} {moves}",
        capital(" ".join(story)),
        "\n".join(lines),
        answer,
        str(total),
    )


def written(category, name, key, words, text, lines, result, unit=""):
    """A problem of one wording, whose answer is a number of something."""
    answer = rf"The answer is $\boxed{{{result}}}${' ' + unit if unit else ''}."
    return Problem(category, name, key, capital(text.format(**words)), "\n".join(lines), answer, str(result))


def pair(rng, kind):
    """Two operands that suit a kind of story."""
    if kind in ("groups", "times"):
        return rng.randint(2, 12), rng.choice([rng.randint(2, 12), rng.randint(2, 60)])
    if kind == "sharing":
        b = rng.randint(2, 12)
        return b * rng.randint(2, 40), b
    if kind == "leftover":
        return rng.randint(13, 150), rng.randint(2, 9)
    a, b = (rng.choice([rng.randint(2, 30), rng.randint(10, 99), rng.randint(100, 600)]) for _ in range(2))
    return max(a, b) + (a == b), min(a, b)


def one_step(rng, split):
    """A story with one operation."""
    kind = rng.choice(list(KINDS))
    work = KINDS[kind]
    a, b = pair(rng, kind)
    words, _ = cast(rng)
    words |= {"a": a, "b": b, "people": rng.choice(PEOPLE)}
    name, text = WORDINGS[kind].pick(rng, split)
    line, result = work(a, b)
    return written(
        "word problems", name, f"{kind} {a} {b}", words, text, [REASONS[kind].format(a=a, b=b), line], result
    )


MAKERS = [(change, 8), (one_step, 8)]
