"""Writes what docs/cost.md and docs/scale.md compute; `--check` only says whether it is current.

A page is prose with blocks that begin with `<!-- computed: NAME -->`; what is in these is ours.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.planning import cost_page, scale_page

DOCS = Path(__file__).parents[2] / "docs"
CHARTS = DOCS / "charts"
PAGES: Mapping[str, Callable[[], dict[str, str]]] = {
    "cost.md": cost_page.blocks,
    "scale.md": scale_page.blocks,
}
_BLOCK = re.compile(r"(?<=<!-- computed: )(\w+)( -->\n)(.*?)(\n?<!-- end -->)", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Write the pages and charts, or with `--check` compare them; returns the exit status."""
    drifted = [path for path, text in current().items() if _read(path) != text]
    if "--check" not in arguments:
        CHARTS.mkdir(exist_ok=True)
        for path, text in current().items():
            path.write_text(text, "utf-8")
        return 0
    if drifted:
        told = ", ".join(f"docs/{path.relative_to(DOCS)}" for path in drifted)
        print(f"{told}: not what the plans compute; run make plans", file=sys.stderr)
    return int(bool(drifted))


def current() -> dict[Path, str]:
    """Every page and chart as it should be."""
    pages = {DOCS / name: _filled(_read(DOCS / name), of()) for name, of in PAGES.items()}
    charts = cost_page.drawings() | scale_page.drawings()
    return pages | {CHARTS / name: text for name, text in charts.items()}


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _filled(page: str, blocks: Mapping[str, str]) -> str:
    """The page with its blocks computed.

    Raises:
        KeyError: it has a block that nobody computes.
    """
    return _BLOCK.sub(lambda found: f"{found[1]}{found[2]}{blocks[found[1]]}\n<!-- end -->", page)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
