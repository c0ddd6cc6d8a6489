"""Figures and tables as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; all but the first column are figures, if they look like it."""
    lines = [_row(head), _row(["---", *("---" for _ in head[1:])])]
    return "\n".join([*lines, *map(_row, rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def dollars(amount: float) -> str:
    """Dollars, to the cent where they are few."""
    return f"${amount:,.2f}" if amount < 1_000 else f"${amount:,.0f}"


def number(amount: float) -> str:
    """A number of things, no more exact than it is known."""
    if amount >= 1e6:
        return f"{amount / 1e6:,.3g} million"
    if amount >= 100:
        return f"{amount:,.0f}"
    return f"{amount:.3g}"


def share(part: float) -> str:
    """A share of 1, in percent."""
    return f"{100 * part:.0f} %" if part >= 0.1 or not part else f"{100 * part:.1f} %"


def wall_time(seconds: float) -> str:
    """Seconds since midnight as on a clock."""
    return f"{int(seconds // 3600):02}:{int(seconds % 3600 // 60):02}"
