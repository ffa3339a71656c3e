"""Shares and their intervals, and two models on the same problems."""

from math import sqrt

from scipy.optimize import brentq
from scipy.stats import binomtest, norm

#: Two-sided, 95 %.
Z = float(norm.ppf(0.975))


def wilson(right, of):
    """Wilson's interval of a share."""
    share, spread = right / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return [max(middle - half, 0.0), min(middle + half, 1.0)]


def mcnemar(base, model):
    """Who solves what the other does not, and how likely so uneven a split is of equals: exact, two-sided.

    `b` problems are right by the base alone, `c` by the model alone.
    """
    b = sum(one and not other for one, other in zip(base, model))
    c = sum(other and not one for one, other in zip(base, model))
    p = binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
    return {"b": b, "c": c, "p": float(p), "difference": (c - b) / len(base), "interval": tango(c, b, len(base))}


def tango(more, less, of):
    """Tango's score interval of the paired difference (more - less) / of. Source: Tango 1998, Statistics in Medicine 17."""
    def score(difference):
        linear = -more - less + (2 * of - more + less) * difference
        constant = -less * difference * (1 - difference)
        likeliest = (sqrt(max(linear**2 - 8 * of * constant, 0.0)) - linear) / (4 * of)
        variance = of * (2 * likeliest + difference * (1 - difference))
        return (more - less - of * difference) / sqrt(max(variance, 1e-12))

    found, edge = (more - less) / of, 1 - 1e-9
    low = brentq(lambda at: score(at) - Z, -edge, found) if score(-edge) > Z else -1.0
    high = brentq(lambda at: score(at) + Z, found, edge) if score(edge) < -Z else 1.0
    return [low, high]
