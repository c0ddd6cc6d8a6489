"""Runs the benchmarks named, or all, and writes what they found to docs/; 1 if a target is missed.

What was not run now stays as it was.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from infra.bench import importing, scanning, sending, sizes, starting, visiting, waiting
from infra.bench.material import Material, gather
from infra.bench.table import Table, markdown
from infra.bench.timing import apart
from infra.build.parts import REPOSITORY


@cache
def _material() -> Material:
    """Noted once, for whichever of them ask for it."""
    return apart(gather)


BENCHMARKS: Mapping[str, Callable[[], Table]] = {
    "sizes": sizes.measure,
    "starting": starting.measure,
    "scanning": lambda: scanning.measure(_material()),
    "sending": lambda: sending.measure(_material()),
    "importing": lambda: importing.measure(_material()),
    "visiting": lambda: visiting.measure(_material()),
    "waiting": lambda: waiting.measure(_material()),
}
_FIGURES = REPOSITORY / "docs" / "benchmarks.json"
_PAGE = _FIGURES.with_suffix(".md")


def main(names: Sequence[str]) -> int:
    """Run them; return what the command ends with."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"No benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
        return 2
    kept = json.loads(_FIGURES.read_text("utf-8")) if _FIGURES.exists() else {}
    missed: list[str] = []
    for name in names or BENCHMARKS:
        found = BENCHMARKS[name]()
        kept[name] = found.to_json()
        missed += found.missed
        print(f"{name}: {len(found.rows)} rows, {len(found.missed)} targets missed", flush=True)
    in_order = {name: kept[name] for name in BENCHMARKS if name in kept}
    _FIGURES.write_text(json.dumps(in_order, indent=1) + "\n", "utf-8")
    _PAGE.write_text(markdown(in_order), "utf-8")
    for each in missed:
        print(f"missed: {each}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
