"""Small puzzles: who is taller, which day it is, what follows, what is even."""

from .. import steps
from ..problem import Problem, wordings
from ..words import DAYS, names

WORDINGS = wordings("logic")
RELATIONS = [
    ("taller", "shorter", "tallest", "shortest"),
    ("older", "younger", "oldest", "youngest"),
    ("faster", "slower", "fastest", "slowest"),
    ("heavier", "lighter", "heaviest", "lightest"),
    ("richer", "poorer", "richest", "poorest"),
    ("stronger", "weaker", "strongest", "weakest"),
]
#: What syllogisms are about.
KINDS = (
    "bloops razzies lumps zorks wimps tribs glims foops dax snarks blickets cats dogs "
    "birds roses cars trees poets singers bakers fish robots planets apples toys kings cubes"
).split()


def ranking(rng, split):
    """Three or four people in an order."""
    more, less, top, bottom = rng.choice(RELATIONS)
    people = names(rng, rng.choice([3, 3, 4]))
    pairs = list(zip(people, people[1:]))
    rng.shuffle(pairs)
    facts = []
    for upper, lower in pairs:
        facts.append(f"{upper} is {more} than {lower}." if rng.random() < 0.65 else f"{lower} is {less} than {upper}.")
    is_top = rng.random() < 0.5
    result = people[0] if is_top else people[-1]
    name, text = WORDINGS["who"].pick(rng, split)
    question = text.format(facts=" ".join(facts), end=top if is_top else bottom)
    told = ", ".join(" > ".join(pair) for pair in pairs)
    thinking = f"{told}\nIn order: {' > '.join(people)}\nThe {top if is_top else bottom} is {result}"
    boxed = rf"\text{{{result}}}"
    return Problem(
        "logic",
        name,
        f"rank {more} {people}",
        question,
        thinking,
        rf"The {top if is_top else bottom} is $\boxed{{{boxed}}}$.",
        result,
    )


def weekday(rng, split):
    """A day of the week so many days later or earlier."""
    day, n = rng.randrange(7), rng.choice([rng.randint(1, 7), rng.randint(1, 30)])
    is_later = rng.random() < 0.6
    name, text = (WORDINGS["day-after"] if is_later else WORDINGS["day-before"]).pick(rng, split)
    rest = n % 7
    lines = []
    if n > 7:
        lines.append(f"A week has 7 days: {steps.divide(n, 7)}. So only {rest} days count")
    elif n == 7:
        lines.append("7 days are a week, the day is the same")
    walk = [DAYS[(day + (i if is_later else -i)) % 7] for i in range(rest + 1)]
    lines.append(", ".join(f"{i} {name_of}" for i, name_of in enumerate(walk)))
    result = walk[-1]
    boxed = rf"\text{{{result}}}"
    return Problem(
        "logic",
        name,
        f"day {is_later} {day} {n}",
        text.format(d=DAYS[day], n=n),
        "\n".join(lines),
        rf"It is $\boxed{{{boxed}}}$.",
        result,
    )


def syllogism(rng, split):
    """What follows from all and none."""
    a, b, c = rng.sample(KINDS, 3)
    kind = rng.choice(["follows", "follows", "follows-not", "follows-none"])
    name, text = WORDINGS[kind].pick(rng, split)
    if kind == "follows":
        thinking, result = f"{a} are {b}, {b} are {c}, so {a} are {c}.", "Yes"
    elif kind == "follows-none":
        thinking, result = f"{a} are {b}, and {b} are never {c}, so {a} are never {c}.", "No"
    else:
        thinking, result = f"{a} lie within the others, not the other way round. It does not follow.", "No"
    boxed = rf"\text{{{result}}}"
    return Problem(
        "logic",
        name,
        f"syllogism {kind} {a} {b} {c}",
        text.format(a=a, b=b, c=c),
        thinking,
        rf"$\boxed{{{boxed}}}$",
        result,
    )


def parity(rng, split):
    """Whether a number is even, or a multiple."""
    n = rng.randint(2, 999)
    if rng.random() < 0.5:
        name, text = WORDINGS["parity"].pick(rng, split)
        kind = "even" if n % 2 == 0 else "odd"
        question = text.format(n=n)
        thinking = f"The last digit of {n} is {n % 10}, which is {kind}."
        result = kind
        if " or " not in question and "or odd" not in question:
            asked = "even" if "even" in question else "odd"
            result = "Yes" if asked == kind else "No"
            thinking += f" Asked: {asked}. {result}."
        key = f"parity {n}"
    else:
        d = rng.randint(2, 9)
        if rng.random() < 0.5:
            n = max(d, n // d * d)
        name, text = WORDINGS["divisible"].pick(rng, split)
        question, key = text.format(n=n, d=d), f"divisible {n} {d}"
        result = "Yes" if n % d == 0 else "No"
        thinking = f"{steps.divide(n, d)}. {'No remainder' if n % d == 0 else f'Remainder {n % d}'}: {result}."
    boxed = rf"\text{{{result}}}"
    return Problem("logic", name, key, question, thinking, rf"$\boxed{{{boxed}}}$", result)


MAKERS = [(ranking, 4), (weekday, 3), (syllogism, 2), (parity, 3)]
