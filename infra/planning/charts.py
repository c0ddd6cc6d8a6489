"""Charts as SVG that reads well on light and on dark pages: lines over an axis, and bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, TOP = 760, 64, 24, 56
COLORS = ("a", "b", "c", "d", "e", "f")
STYLE = """
svg { font: 13px system-ui, sans-serif; }
.page { fill: #ffffff; stroke: #d0d7de; } text { fill: #1f2328; } .quiet { fill: #59636e; }
.title { font-weight: 600; font-size: 15px; } .grid { stroke: #d0d7de; } .limit { stroke: #d1242f; }
.a { --ink: #0969da; } .b { --ink: #bf3989; } .c { --ink: #9a6700; }
.d { --ink: #1a7f37; } .e { --ink: #8250df; } .f { --ink: #57606a; }
.line { fill: none; stroke: var(--ink); stroke-width: 2; } .bar { fill: var(--ink); }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #30363d; } text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
.grid { stroke: #30363d; } .limit { stroke: #f85149; }
.a { --ink: #4493f8; } .b { --ink: #db61a2; } .c { --ink: #d29922; }
.d { --ink: #3fb950; } .e { --ink: #ab7df8; } .f { --ink: #9198a1; } }
""".strip()

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis says at which values; values in between lie evenly."""

    label: str
    ticks: Sequence[tuple[float, str]]

    def share(self, value: float) -> float:
        """Where a value lies, from 0 to 1."""
        first, last = self.ticks[0][0], self.ticks[-1][0]
        return (value - first) / (last - first)


def lines(title: str, x: Axis, y: Axis, series: Mapping[str, Sequence[Point]]) -> str:
    """Lines over two axes, with what each is above them."""
    height = 300
    wide, high = WIDTH - LEFT - RIGHT, height
    bottom = TOP + 24 + high

    def at(point: Point) -> str:
        return f"{LEFT + wide * x.share(point[0]):.1f},{bottom - high * y.share(point[1]):.1f}"

    drawn = []
    for value, label in y.ticks:
        level = bottom - high * y.share(value)
        drawn.append(f'<path class="grid" d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}"/>')
        drawn.append(_text(LEFT - 8, level + 4, label, "quiet", "end"))
    for value, label in x.ticks:
        drawn.append(_text(LEFT + wide * x.share(value), bottom + 20, label, "quiet", "middle"))
    for color, points in zip(COLORS, series.values(), strict=False):
        drawn.append(f'<polyline class="line {color}" points="{" ".join(map(at, points))}"/>')
    drawn.append(_text(WIDTH - RIGHT, bottom + 40, x.label, "quiet", "end"))
    return _page(title, y.label, list(series), drawn, bottom + 52)


def bars(
    title: str,
    x: Axis,
    rows: Mapping[str, Sequence[float]],
    parts: Sequence[str],
    *,
    said: Mapping[str, str],
    limit: float | None = None,
) -> str:
    """A bar a row, of one part or several; `said` stands behind each, `limit` is a line."""
    left, wide = 290, WIDTH - 290 - 150
    top, step = TOP + 28, 30
    bottom = top + step * len(rows)
    drawn = []
    for value, label in x.ticks:
        across = left + wide * x.share(value)
        drawn.append(f'<path class="grid" d="M{across:.1f} {top}V{bottom}"/>')
        drawn.append(_text(across, bottom + 18, label, "quiet", "middle"))
    for number, (name, values) in enumerate(rows.items()):
        middle, total = top + step * number + step / 2, 0.0
        drawn.append(_text(left - 10, middle + 4, name, "", "end"))
        for color, value in zip(COLORS, values, strict=False):
            begin = max(0.0, x.share(total)) if total else 0.0
            total += value
            length = wide * (min(1.0, max(0.0, x.share(total))) - begin)
            drawn.append(
                f'<rect class="bar {color}" x="{left + wide * begin:.1f}" y="{middle - 9:.1f}"'
                f' width="{length:.1f}" height="18"/>'
            )
        end = left + wide * min(1.0, max(0.0, x.share(total)))
        drawn.append(_text(end + 8, middle + 4, said[name], "quiet", "start"))
    if limit is not None:
        across = left + wide * x.share(limit)
        drawn.append(f'<path class="limit" stroke-width="2" d="M{across:.1f} {top}V{bottom}"/>')
    return _page(title, x.label, parts if len(parts) > 1 else [], drawn, bottom + 32)


def _page(
    title: str, subtitle: str, names: Sequence[str], drawn: Sequence[str], height: float
) -> str:
    legend, across = [], LEFT - 40
    for color, name in zip(COLORS, names, strict=False):
        legend.append(f'<rect class="bar {color}" x="{across}" y="{TOP}" width="12" height="12"/>')
        legend.append(_text(across + 18, TOP + 11, name, "", "start"))
        across += 34 + round(7.2 * len(name))
    head = [_text(24, 26, title, "title", "start"), _text(24, 46, subtitle, "quiet", "start")]
    body = "\n".join([*head, *legend, *drawn])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}\n</style>\n"
        f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:.0f}" rx="6"/>'
        f"\n{body}\n</svg>\n"
    )


def _text(x: float, y: float, words: str, kind: str, anchor: str) -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
