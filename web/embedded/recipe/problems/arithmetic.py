"""Bare calculations: integers, decimals, several operations."""

from decimal import Decimal

from .. import steps
from ..problem import Problem, wordings

WORDINGS = wordings("arithmetic")
#: Wordings of a phrase like `3 plus 4`, and of a command that names its operation.
PHRASES = {"+": "plus", "-": "minus", "×": "times", "÷": "divided"}
COMMANDS = {"+": "add", "-": "subtract", "×": "multiply", "÷": "divide"}
#: How a sign is typed.
SIGNS = {
    "+": ["+", " + ", " + "],
    "-": ["-", " - ", " - ", " – "],
    "×": ["*", " * ", "x", " x ", "×", " × ", " × "],
    "÷": ["/", " / ", "÷", " ÷ ", " ÷ ", ":"],
}
LATEX = {"×": r"\times", "÷": r"\div", "+": "+", "-": "-"}
#: What several operations look like.
SHAPES = [
    "a + b × c",
    "a × b + c",
    "a × b - c",
    "(a + b) × c",
    "(a - b) × c",
    "a - b × c",
    "a × (b + c)",
    "a × b + c × d",
    "a - (b + c)",
    "(a + b) - (c + d)",
    "a + b - c",
    "a - b - c",
    "a - b + c",
    "a × b × c",
    "(a + b) × (c + d)",
    "(a + b) ÷ c",
    "a ÷ b + c",
    "a + b ÷ c",
]


def equation(left, boxed):
    """An answer as mathematics."""
    for sign in "×÷":
        left = left.replace(sign, LATEX[sign])
    return rf"${left.replace('%', chr(92) + '%')} = \boxed{{{boxed}}}$"


def worded(rng, split, a, sign, b):
    """A question for `a sign b`, and the name of its wording."""
    style = rng.random()
    if style < 0.15:
        name, text = WORDINGS[COMMANDS[sign]].pick(rng, split)
        return name, text.format(a=a, b=b)
    asking, text = WORDINGS["asking"].pick(rng, split)
    if style < 0.4:
        phrase, words = WORDINGS[PHRASES[sign]].pick(rng, split)
        return f"{asking}+{phrase}", text.format(e=words.format(a=a, b=b))
    b = f"({b})" if str(b).startswith("-") else b
    return asking, text.format(e=f"{a}{rng.choice(SIGNS[sign])}{b}")


def integer(rng, longest):
    """An integer of up to `longest` digits, short ones as often as long ones."""
    length = rng.randint(1, longest)
    return rng.randint(0 if length == 1 else 10 ** (length - 1), 10**length - 1)


def grouped(rng, number):
    """A number as people write it: now and then with commas."""
    return f"{number:,}" if isinstance(number, int) and rng.random() < 0.08 else number


def addition(rng, split):
    """A sum or a difference of two integers."""
    sign = rng.choice("+-")
    longest = 4 if rng.random() < 0.9 else 6
    a, b = integer(rng, longest), integer(rng, longest)
    if sign == "-" and a < b and rng.random() < 0.8:
        a, b = b, a
    if rng.random() < 0.05:
        a = -a
    name, question = worded(rng, split, grouped(rng, a), sign, grouped(rng, b))
    if sign == "+":
        thinking = steps.add(a, b)
    elif a < 0:
        thinking = f"{steps.add(-a, b)}, so {a} - {b} = {a - b}"
    else:
        thinking = steps.subtract(a, b)
    result = a + b if sign == "+" else a - b
    return Problem(
        "addition and subtraction",
        name,
        f"{sign} {sorted((a, b)) if sign == '+' else (a, b)}",
        question,
        thinking,
        equation(f"{a} {sign} {b}", result),
        str(result),
    )


def several(rng, split):
    """A sum of three or four integers."""
    terms = (
        [integer(rng, 3) for _ in range(rng.randint(3, 4))]
        if rng.random() < 0.85
        else [integer(rng, 2) for _ in range(rng.randint(5, 8))]
    )
    name, text = WORDINGS["asking"].pick(rng, split)
    joint = rng.choice(["+", " + ", " plus ", " and "] if split != "held-out" else [" + "])
    if joint == " and ":
        question = text.format(e=f"the sum of {', '.join(map(str, terms[:-1]))} and {terms[-1]}")
    else:
        question = text.format(e=joint.join(map(str, terms)))
    total, lines = terms[0], []
    for term in terms[1:]:
        lines.append(steps.add(total, term))
        total += term
    key = f"+ {sorted(terms)}"
    left = " + ".join(map(str, terms))
    return Problem("addition and subtraction", name, key, question, "\n".join(lines), equation(left, total), str(total))


def multiplication(rng, split):
    """A product of two integers."""
    a, b = rng.choice([(1, 1), (2, 1), (2, 1), (3, 1), (4, 1), (2, 2), (2, 2), (3, 2)])
    a, b = integer(rng, a), integer(rng, b)
    if rng.random() < 0.3:
        a, b = b, a
    name, question = worded(rng, split, a, "×", b)
    key = f"× {sorted((a, b))}"
    return Problem(
        "multiplication", name, key, question, steps.multiply(a, b), equation(f"{a} × {b}", a * b), str(a * b)
    )


def division(rng, split):
    """A quotient of two integers, with a remainder or without."""
    b = rng.choice([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    a = integer(rng, 4)
    if rng.random() < 0.7:
        a = a // b * b
    if rng.random() < 0.1:
        b = rng.choice([20, 30, 40, 50, 60, 70, 80, 90, 100, 1000])
        a = b * rng.randint(1, 99)
    name, question = worded(rng, split, a, "÷", b)
    quotient, rest = divmod(a, b)
    work = steps.divide(a, b) if b <= 12 else steps.divide_shortened(a, b)
    boxed = f"{quotient} remainder {rest}" if rest else str(quotient)
    shown = rf"{quotient}\text{{ remainder }}{rest}" if rest else str(quotient)
    answer = equation(f"{a} ÷ {b}", shown)
    return Problem("division", name, f"÷ {a} {b}", question, work, answer, boxed)


def decimal(rng, whole, deep):
    """A decimal with so many digits after the point, the last of them no zero."""
    text = (
        f"{rng.randint(0, 10 ** rng.randint(1, whole) - 1)}."
        + "".join(str(rng.randint(0, 9)) for _ in range(deep - 1))
        + str(rng.randint(1, 9))
    )
    return Decimal(text)


def decimals(rng, split):
    """A sum, a difference or a product of decimals."""
    sign = rng.choice("++--×")
    if sign == "×":
        a = decimal(rng, 2, rng.choice([1, 1, 2]))
        b = Decimal(rng.randint(2, 9)) if rng.random() < 0.7 else decimal(rng, 1, 1)
        result, thinking = a * b, steps.decimal_product(a, b)
    else:
        a = decimal(rng, 2, rng.choice([1, 2, 2]))
        b = Decimal(rng.randint(1, 50)) if rng.random() < 0.2 else decimal(rng, 2, rng.choice([1, 1, 2]))
        if sign == "-" and a < b:
            a, b = b, a
        result, thinking = (a + b if sign == "+" else a - b), steps.decimal_sum(a, b, sign)
    a, b, result = steps.plain(a), steps.plain(b), steps.plain(result)
    name, question = worded(rng, split, a, sign, b)
    key = f"decimal {sign} {sorted((a, b)) if sign != '-' else (a, b)}"
    return Problem("decimals", name, key, question, thinking, equation(f"{a} {sign} {b}", result), result)


def order(rng, split):
    """Several operations, in their order."""
    while True:
        shape = rng.choice(SHAPES)
        numbers = {
            letter: rng.randint(2, 12) if "×" in shape or "÷" in shape else rng.randint(2, 99) for letter in "abcd"
        }
        if "÷" in shape:
            numbers[{"a ÷ b + c": "a", "a + b ÷ c": "b"}.get(shape, "a")] = rng.randint(10, 99)
        text = "".join(str(numbers.get(character, character)) for character in shape)
        worked = reduce(text)
        if worked is not None:
            break
    lines, result = worked
    shown = text
    for sign, options in (("×", ["*", "×", "x", "×"]), ("÷", ["/", "÷"])):
        shown = shown.replace(sign, rng.choice(options))
    if rng.random() < 0.3:
        shown = shown.replace(" ", "")
    name, asking = WORDINGS["asking"].pick(rng, split)
    return Problem(
        "order of operations",
        name,
        f"order {text}",
        asking.format(e=shown),
        "\n".join(lines),
        equation(text, result),
        str(result),
    )


def reduce(text):
    """The lines that work an expression out, and its value; nothing where it leaves the natural numbers."""
    tokens, lines = text.replace("(", "( ").replace(")", " )").split(), []

    def once(part):
        """Works out the first product or quotient, else the first sum or difference."""
        signs = [i for i, token in enumerate(part) if token in "×÷"] or [
            i for i, token in enumerate(part) if token in "+-"
        ]
        i = signs[0]
        a, sign, b = int(part[i - 1]), part[i], int(part[i + 1])
        if (sign == "-" and a < b) or (sign == "÷" and a % b):
            return None
        work = {"+": steps.add, "-": steps.subtract, "×": steps.multiply, "÷": steps.divide}[sign](a, b)
        result = {"+": a + b, "-": a - b, "×": a * b, "÷": a // b if b else 0}[sign]
        return part[: i - 1] + [str(result)] + part[i + 2 :], work

    while len(tokens) > 1:
        if "(" in tokens:
            begin, end = tokens.index("("), tokens.index(")")
            worked = once(tokens[begin + 1 : end])
            if worked is None:
                return None
            inner, line = worked
            inner = inner if len(inner) == 1 else ["(", *inner, ")"]
            tokens = tokens[:begin] + inner + tokens[end + 1 :]
        else:
            worked = once(tokens)
            if worked is None:
                return None
            tokens, line = worked
        lines.append(line)
        if len(tokens) > 1:
            lines[-1] += f". Now {' '.join(tokens).replace('( ', '(').replace(' )', ')')}"
    return lines, int(tokens[0])


MAKERS = [(addition, 7), (several, 2), (multiplication, 6), (division, 5), (decimals, 6), (order, 7)]
