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
    """A picture: sizes across, on a scale of ratios, and what is lost upward."""

    title: str
    note: str
    points: list
    sizes: list
    ticks: list
    is_log: bool = False
    base: float | None = None
    words: str = ""
    #: Where a name stands, from its point: across, up, and how it is anchored.
    moved: dict | None = None

    def x(self, size):
        low, high = log10(self.sizes[0]), log10(self.sizes[-1])
        pad = 0.07 * (high - low)
        return LEFT + (log10(size) - low + pad) / (high - low + 2 * pad) * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        scale = log10 if self.is_log else float
        low, high = scale(self.ticks[0]), scale(self.ticks[-1])
        share = (scale(max(value, self.ticks[0])) - low) / (high - low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def drawn(self):
        """As SVG."""
        parts = [words(12, 22, self.title, "head"), words(12, 39, self.note, "note")]
        for tick in self.ticks:
            at = self.y(tick)
            parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
            parts.append(words(LEFT - 8, at + 4, exponent(tick) if self.is_log else f"{tick:g}", "", "end"))
        for size in self.sizes:
            parts.append(words(self.x(size), HEIGHT - BOTTOM + 18, f"{size:g}", "", "middle"))
        parts.append(words((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "file, MB (a scale of ratios)", "note", "middle"))
        if self.base is not None:
            at = self.y(self.base)
            parts.append(f'<line class="base" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
            parts.append(words(WIDTH - RIGHT, at + 15, self.words, "note", "end"))
        return "".join(parts + [self.mark(point) for point in self.points])

    def mark(self, point):
        """A point, its range and its name."""
        x, y = self.x(point.size), self.y(point.value)
        across, up, anchor = (self.moved or {}).get((point.name, point.is_hollow), (9, -4, "start"))
        kind = f"{point.kind} hollow" if point.is_hollow else point.kind
        low, high = self.y(point.low), self.y(point.high)
        return (f'<line class="whisker {point.kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
                f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
                + words(x + across, y - up, point.name, point.kind, anchor))


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


def panels(found):
    """All of them, two in a row."""
    smol, mini, accuracy = found["smol"], found["mini"], found["accuracy"]
    tokens = smol["q4"]["loss"]["all"]["tokens"]
    perplexity = [Point(name, row["file_bytes"] / 1e6, *[row["loss"]["all"]["perplexity"]] * 3)
                  for name, row in smol.items() if name not in ("f32", "file", "q4 head q6")]
    right = []
    for name in ("f32", "f16", "bf16", "q8", "q6", "q4 head q8", "q4 head q6", "q4_1", "q4"):
        share = accuracy[name]["all"]
        low, high = share["wilson"]
        right.append(Point(name, mini[name]["file_bytes"] / 1e6, 100 * share["right"] / share["of"], 100 * low, 100 * high, "two"))
    f32 = accuracy["f32"]["all"]
    base = smol["q4"]["loss"]["all"]["base_perplexity"]
    sizes, small = [64, 128, 256, 512], [2, 4, 8, 16]
    return [
        Panel("SmolLM2-135M: divergence from f32, nats a token",
              f"{tokens:,} tokens; hollow: the same rounding of weights that lie on no grid", losses(smol, ["q4 head q6"]) + dithered(found),
              sizes, [10.0**power for power in range(-6, 1)], is_log=True),
        Panel("SmolLM2-135M: perplexity", "the same tokens, all texts as one", perplexity, sizes, [10, 12, 14, 16, 18],
              base=base, words=f"f32: {base:.2f}"),
        Panel("Embedded model: divergence from f32, nats a token",
              f"{mini['q4']['loss']['all']['tokens']:,} tokens of conversations", losses(mini, kind="two"), small,
              [10.0**power for power in range(-7, 0)], is_log=True),
        Panel("Embedded model: problems solved, %", f"{f32['of']:,} problems, greedy; Wilson's interval, 95 %", right, small,
              [92, 93, 94, 95, 96, 97], base=100 * f32["right"] / f32["of"], words="f32"),
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
