"""Draws cost.svg of results.json: what is lost against size, of both models.

    python plot.py
"""

import json
from dataclasses import dataclass
from html import escape
from math import log10
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 460, 330
LEFT, RIGHT, TOP, BOTTOM = 66, 20, 54, 48
SPLITS = (("in-template", "two", False), ("all", "one", False), ("held-out", "two", True))
LEFT_OF = {name: (-9, -4, "end") for name in ("f16", "bf16")}
STYLE = """
svg{--ground:#fff;--ink:#222;--faint:#8a8f98;--grid:#e6e8eb;--one:#1f5f99;--two:#b3541e}
@media (prefers-color-scheme:dark){svg{--ground:#15181c;--ink:#dfe3e8;--faint:#8f97a1;--grid:#2b3036;--one:#7db4e6;--two:#e8a15f}}
text{font:12px sans-serif;fill:var(--ink)}.head{font-weight:bold;font-size:13px}.note{fill:var(--faint);font-size:11px}
.grid{stroke:var(--grid)}.whisker{stroke-width:1.6}.one{stroke:var(--one);fill:var(--one)}.two{stroke:var(--two);fill:var(--two)}
.hollow{fill:var(--ground);stroke-width:1.8}.base{stroke:var(--faint);stroke-dasharray:5 4}.ground{fill:var(--ground)}
text.one,text.two{stroke:none}
"""


@dataclass
class Point:
    """A way to hold a model: its size, what it lost, from where to where that may be."""

    name: str
    size: float
    value: float
    low: float
    high: float
    kind: str = "one"
    is_hollow: bool = False


@dataclass
class Panel:
    """A picture: sizes across and divergence upward, both on scales of ratios."""

    title: str
    note: str
    points: list
    sizes: list
    ticks: list
    #: Where a name stands that is not beside its point: across, up, and how it is anchored.
    moved: dict

    def x(self, size):
        low, high = log10(self.sizes[0]), log10(self.sizes[-1])
        pad = 0.07 * (high - low)
        return LEFT + (log10(size) - low + pad) / (high - low + 2 * pad) * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        low, high = log10(self.ticks[0]), log10(self.ticks[-1])
        share = (log10(max(value, self.ticks[0])) - low) / (high - low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def drawn(self):
        """As SVG."""
        parts = [words(12, 22, self.title, "head"), words(12, 39, self.note, "note")]
        for tick in self.ticks:
            at = self.y(tick)
            parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
            parts.append(words(LEFT - 8, at + 4, exponent(tick), "", "end"))
        for size in self.sizes:
            parts.append(words(self.x(size), HEIGHT - BOTTOM + 18, f"{size:g}", "", "middle"))
        parts.append(words((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "file, MB (a scale of ratios)", "note", "middle"))
        return "".join(parts + [self.mark(point) for point in self.points])

    def mark(self, point):
        """A point, its range and its name."""
        x, y = self.x(point.size), self.y(point.value)
        across, up, anchor = self.moved.get(point.name, (9, -4, "start"))
        low, high = self.y(point.low), self.y(point.high)
        return (f'<line class="whisker {point.kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
                + circle(x, y, point.kind, point.is_hollow)
                + ("" if point.is_hollow else words(x + across, y - up, point.name, point.kind, anchor)))


@dataclass
class Rows:
    """A picture: a row a way to hold a model, and its points across, each with its range."""

    title: str
    note: str
    rows: list
    ticks: list
    base: float
    kinds: list

    def x(self, value):
        low, high = self.ticks[0], self.ticks[-1]
        return 150 + (value - low) / (high - low) * (WIDTH - 150 - RIGHT)

    def drawn(self):
        """As SVG."""
        parts = [words(12, 22, self.title, "head"), words(12, 39, self.note, "note")]
        for tick in self.ticks:
            at = self.x(tick)
            parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
            parts.append(words(at, HEIGHT - BOTTOM + 18, f"{tick:g}", "", "middle"))
        at = self.x(self.base)
        parts.append(f'<line class="base" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        step = (HEIGHT - TOP - BOTTOM) / len(self.rows)
        for i, (name, points) in enumerate(self.rows):
            middle = TOP + (i + 0.5) * step
            parts.append(words(142, middle + 4, name, "", "end"))
            parts += [self.mark(point, middle, j - (len(points) - 1) / 2, step) for j, point in enumerate(points)]
        for i, (kind, is_hollow, what) in enumerate(self.kinds):
            across = 12 + i * 112
            parts.append(circle(across + 4, HEIGHT - 14, kind, is_hollow) + words(across + 13, HEIGHT - 10, what, "note"))
        return "".join(parts)

    def mark(self, point, middle, place, step):
        """A point and its range, above or below the middle of its row."""
        y = middle + place * step / 4
        low, high = self.x(point.low), self.x(point.high)
        return (f'<line class="whisker {point.kind}" x1="{low:.1f}" x2="{high:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
                + circle(self.x(point.value), y, point.kind, point.is_hollow))


def circle(x, y, kind, is_hollow):
    """A point."""
    return f'<circle class="{kind}{" hollow" if is_hollow else ""}" cx="{x:.1f}" cy="{y:.1f}" r="{3.5 if is_hollow else 4}"/>'


def exponent(value):
    """A power of ten."""
    power = round(log10(value))
    return "1" if power == 0 else f"10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def words(x, y, text, kind, anchor="start"):
    """A line of text."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def losses(rows, skipped=(), kind="one"):
    """Points of divergence, with two standard errors either way."""
    points = []
    for name, row in rows.items():
        if name not in ("f32", "file", *skipped):
            loss = row["loss"]["all"]
            spread = 1.96 * loss["kl_standard_error"]
            points.append(Point(name, row["file_bytes"] / 1e6, loss["kl"], max(loss["kl"] - spread, 1e-12), loss["kl"] + spread, kind))
    return points


def dithered(found):
    """Points of the weights that lie on no grid."""
    points = []
    for name, parts in found["dithered"].items():
        variant = name.removeprefix("dithered").strip()
        if variant and parts:
            loss, spread = parts["all"], 1.96 * parts["all"]["kl_standard_error"]
            size = found["smol"][variant]["file_bytes"] / 1e6
            points.append(Point(variant, size, loss["kl"], loss["kl"] - spread, loss["kl"] + spread, "two", True))
    return points


def perplexities(smol):
    """Rows: how much perplexity rose over that of f32, on all texts and on each."""
    rows = []
    for name in ("f16", "bf16", "q8", "q6", "q4 head q8", "q4_1", "q4"):
        rises = {text: 100 * (loss["perplexity"] / loss["base_perplexity"] - 1) for text, loss in smol[name]["loss"].items()}
        rows.append((f"{name}, {smol[name]['file_bytes'] / 1e6:.0f} MB", [Point(name, 0, rises["all"], min(rises.values()), max(rises.values()))]))
    return rows


def shares(mini, accuracy):
    """Rows: problems solved, in wordings of the training and in others."""
    rows = []
    for name in ("f32", "f16", "bf16", "q8", "q6", "q4 head q8", "q4 head q6", "q4_1", "q4"):
        points = []
        for split, kind, is_hollow in SPLITS:
            part = accuracy[name][split]
            low, high = part["wilson"]
            points.append(Point(name, 0, 100 * part["right"] / part["of"], 100 * low, 100 * high, kind, is_hollow))
        rows.append((f"{name}, {mini[name]['file_bytes'] / 1e6:.1f} MB", points))
    return rows


def panels(found):
    """All of them, two in a row."""
    smol, mini, accuracy = found["smol"], found["mini"], found["accuracy"]
    tokens = smol["q4"]["loss"]["all"]["tokens"]
    f32 = accuracy["f32"]["all"]
    return [
        Panel("SmolLM2-135M: divergence from f32, nats a token",
              f"{tokens:,} tokens of four texts; hollow: two of them, weights on no grid",
              losses(smol, ["q4 head q6"]) + dithered(found), [64, 128, 256], [10.0**power for power in range(-6, 1)],
              {"q4": (-9, -4, "end"), "q4 head q8": (10, -2, "start"), **LEFT_OF}),
        Rows("SmolLM2-135M: perplexity over that of f32, %", "all four texts; the line from the least to the most of them",
             perplexities(smol), [0, 10, 20, 30, 40], 0, []),
        Panel("Embedded model: divergence from f32, nats a token",
              f"{mini['q4']['loss']['all']['tokens']:,} tokens of conversations", losses(mini, kind="two"), [2, 4, 8],
              [10.0**power for power in range(-7, 0)],
              {"q4": (-9, -4, "end"), "q4_1": (4, 9, "start"), "q4 head q6": (-2, -18, "end"), "q4 head q8": (8, -12, "start"), **LEFT_OF}),
        Rows("Embedded model: problems solved, %",
             f"{f32['of']:,} problems, greedy; Wilson's intervals, 95 %; dashed: all by f32", shares(mini, accuracy),
             [91, 92, 93, 94, 95, 96, 97, 98], 100 * f32["right"] / f32["of"],
             [(kind, is_hollow, words_of) for words_of, kind, is_hollow in SPLITS]),
    ]


def main():
    """Writes the picture."""
    found = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    parts = [f'<g transform="translate({i % 2 * WIDTH} {i // 2 * HEIGHT})">{panel.drawn()}</g>' for i, panel in enumerate(panels(found))]
    size = f'width="{2 * WIDTH}" height="{2 * HEIGHT}" viewBox="0 0 {2 * WIDTH} {2 * HEIGHT}"'
    (HERE / "cost.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{STYLE}</style>\n<rect class="ground" width="100%" height="100%"/>\n'
        + "\n".join(parts) + "\n</svg>\n", encoding="utf-8")


if __name__ == "__main__":
    main()
