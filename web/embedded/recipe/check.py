"""Whether what was written while thinking is true."""

import re
from fractions import Fraction

NUMBER = r"-?\d+(?:\.\d+)?"
TERM = rf"\(?{NUMBER}\)?%?"
SIDE = rf"\(?{TERM}\)?(?: ?[+\-×÷] ?\(?{TERM}\)?)*"
#: An equality of numbers alone: what has an unknown in it is no step.
CHAIN = re.compile(rf"(?<![\w.])(?<![+\-×÷] ){SIDE}(?: ?= ?{SIDE}(?: remainder \d+)?)+(?![\w])")
TOKEN = re.compile(r"\d+(?:\.\d+)?|[()+\-×÷%]")


def steps(thinking):
    """Every `a = b` in a text, as pairs of its two sides."""
    pairs = []
    for chain in CHAIN.finditer(thinking):
        sides = [side.strip() for side in chain.group().split("=")]
        pairs += zip(sides, sides[1:])
    return pairs


def is_true(left, right):
    """Whether two sides are the same number."""
    try:
        if "remainder" in right:
            quotient, rest = (int(part) for part in right.split(" remainder "))
            dividend, divisor = (value(side) for side in left.split("÷"))
            return dividend == divisor * quotient + rest and 0 <= rest < divisor
        return value(left) == value(right)
    except (ValueError, ZeroDivisionError, IndexError):
        return False


def false_steps(thinking):
    """The steps of a text that are not true."""
    return [f"{left} = {right}" for left, right in steps(thinking) if not is_true(left, right)]


def value(expression):
    """The value of an expression, exactly."""
    tokens = TOKEN.findall(expression)
    result, rest = _sum(tokens)
    if rest:
        raise ValueError(expression)
    return result


def _sum(tokens):
    result, tokens = _product(tokens)
    while tokens and tokens[0] in "+-":
        sign = 1 if tokens[0] == "+" else -1
        term, tokens = _product(tokens[1:])
        result += sign * term
    return result, tokens


def _product(tokens):
    result, tokens = _factor(tokens)
    while tokens and tokens[0] in "×÷":
        operator = tokens[0]
        factor, tokens = _factor(tokens[1:])
        result = result * factor if operator == "×" else result / factor
    return result, tokens


def _factor(tokens):
    head, *rest = tokens
    if head == "-":
        result, rest = _factor(rest)
        result = -result
    elif head == "(":
        result, rest = _sum(rest)
        if not rest or rest[0] != ")":
            raise ValueError("an open parenthesis")
        rest = rest[1:]
    else:
        result = Fraction(head)
    if rest and rest[0] == "%":
        result, rest = result / 100, rest[1:]
    return result, rest
