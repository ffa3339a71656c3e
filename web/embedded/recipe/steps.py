"""Arithmetic as it is written down while thinking: one digit at a time, every step true.

A step is `expression = value`, with + - × ÷ and parentheses; a remainder is written `28 ÷ 6 = 4 remainder 4`. Columns
are worked from the ones up, without spaces; what carries over is the last term of the next column.
"""

from decimal import Decimal

PLACES = {1: "tenths", 2: "hundredths", 3: "thousandths"}


def digits(number):
    """Digits from the ones up."""
    return [int(digit) for digit in str(number)[::-1]]


def add(a, b):
    """The sum of two integers: at once where both are digits, else in columns."""
    if a < 0 or b < 0:
        return _signed(a, b)
    whole = f"{a} + {b} = {a + b}"
    if a < 10 and b < 10:
        return whole
    columns, carry = [], 0
    left, right = digits(a), digits(b)
    for i in range(max(len(left), len(right))):
        terms = [side[i] for side in (left, right) if i < len(side)] + [1] * carry
        if len(terms) == 1:
            columns.append(f"{terms[0]}")
        else:
            columns.append(f"{'+'.join(map(str, terms))}={sum(terms)}")
        carry = int(sum(terms) > 9)
    return f"{a} + {b}: {', '.join(columns)}, so {whole}"


def _signed(a, b):
    """A sum in which something is below zero."""
    if a < 0 and b < 0:
        return f"{add(-a, -b)}, so {a} + ({b}) = {a + b}"
    large, small = max(abs(a), abs(b)), min(abs(a), abs(b))
    second = f"({b})" if b < 0 else b
    return f"{subtract(large, small)}, so {a} + {second} = {a + b}"


def subtract(a, b):
    """The difference of two integers that are not negative; below zero through the difference the other way round."""
    if a < b:
        return f"{subtract(b, a)}, so {a} - {b} = {a - b}"
    whole = f"{a} - {b} = {a - b}"
    if a < 20 and b < 10:
        return whole
    columns, borrowed = [], 0
    left, right = digits(a), digits(b)
    for i, top in enumerate(left):
        taken = ([right[i]] if i < len(right) else []) + [1] * borrowed
        borrowed = int(top < sum(taken))
        top += 10 * borrowed
        columns.append(f"{'-'.join(map(str, [top, *taken]))}={top - sum(taken)}" if taken else f"{top}")
    return f"{a} - {b}: {', '.join(columns)}, so {whole}"


def times_digit(a, digit):
    """The product of an integer and one digit."""
    whole = f"{a} × {digit} = {a * digit}"
    if a < 10 or digit < 2:
        return whole
    columns, carry = [], 0
    for top in digits(a):
        product = top * digit + carry
        columns.append(f"{top}×{digit}{f'+{carry}' if carry else ''}={product}")
        carry = product // 10
    return f"{a} × {digit}: {', '.join(columns)}, so {whole}"


def multiply(a, b):
    """The product of two integers that are not negative, by the digits of the shorter."""
    long, short = (a, b) if len(str(a)) >= len(str(b)) else (b, a)
    if short < 10:
        line = times_digit(long, short)
        return line if (long, short) == (a, b) else f"{line}, so {a} × {b} = {a * b}"
    lines, parts = [], []
    for place, digit in enumerate(digits(short)):
        if digit == 0:
            continue
        line = times_digit(long, digit)
        scale = 10**place
        if scale > 1:
            line += f", so {long} × {digit * scale} = {long * digit * scale}"
        lines.append(line)
        parts.append(long * digit * scale)
    total = parts[0]
    for part in parts[1:]:
        lines.append(add(total, part))
        total += part
    lines.append(f"So {a} × {b} = {a * b}")
    return ". ".join(lines)


def divide(a, b):
    """Long division of an integer that is not negative by one from 1 to 12."""
    quotient, rest = divmod(a, b)
    tail = f" remainder {rest}" if rest else ""
    whole = f"{a} ÷ {b} = {quotient}{tail}"
    if a < 10 * b and a < 100 or b == 1:
        return whole
    steps, current = [], 0
    for digit in str(a):
        current = current * 10 + int(digit)
        if steps or current >= b:
            steps.append(f"{current}÷{b}={current // b} remainder {current % b}")
            current %= b
    return f"{a} ÷ {b}: {', '.join(steps)}, so {whole}"


def divide_shortened(a, b):
    """A division without a remainder by one of 2 to 12, by what ends in zeros, or by 25; zeros go first."""
    if b <= 12:
        return divide(a, b)
    if b in (100, 1000):
        return f"{a} ÷ {b} = {a // b}"
    if b % 10 == 0:
        return f"{a} ÷ {b} = {a // 10} ÷ {b // 10}, {divide_shortened(a // 10, b // 10)}"
    return f"{a // 100} × {100 // b} = {a // b}, so {a} ÷ {b} = {a // b}"


def plain(number):
    """A decimal without trailing zeros."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def places(number):
    """Digits after the point."""
    text = plain(number)
    return len(text.partition(".")[2])


def decimal_sum(a, b, sign):
    """The sum or difference of two decimals, as whole tenths, hundredths or thousandths."""
    a, b = Decimal(a), Decimal(b)
    deep = max(places(a), places(b))
    whole = [int(side.scaleb(deep)) for side in (a, b)]
    work = add(*whole) if sign == "+" else subtract(*whole)
    result = a + b if sign == "+" else a - b
    return f"{padded((a, b), deep)}In {PLACES[deep]}: {work}. So {plain(a)} {sign} {plain(b)} = {plain(result)}"


def padded(sides, deep):
    """What decimals are with as many digits after the point, where they have fewer: `80.4 = 80.40. `."""
    return "".join(f"{plain(side)} = {side:.{deep}f}. " for side in sides if places(side) < deep)


def decimal_product(a, b):
    """The product of two decimals: without the points, then the point set."""
    a, b = Decimal(a), Decimal(b)
    deep = places(a) + places(b)
    left, right = (int(side.scaleb(places(side))) for side in (a, b))
    noun = "place" if deep == 1 else "places"
    return f"{multiply(left, right)}. With {deep} decimal {noun}: {plain(a)} × {plain(b)} = {plain(a * b)}"
