"""What a benchmark found: rows of figures, and the targets it holds them to."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Value = str | int | float


@dataclass(frozen=True)
class Table:
    """What one benchmark found."""

    title: str
    about: str
    """What was measured and how, and which targets there are; Markdown."""
    rows: Sequence[Mapping[str, Value]]
    """Each has the same columns."""
    missed: Sequence[str] = ()
    """The targets that were missed, as sentences."""

    def to_json(self) -> dict[str, Any]:
        """As kept in docs/benchmarks.json, with when and where it was measured."""
        return {"measured": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), **asdict(self)}


def machine() -> str:
    """Processor, its number and system of this machine, and what runs the benchmarks."""
    information = Path("/proc/cpuinfo")
    named = ""
    if information.exists():
        lines = information.read_text("utf-8", "replace").splitlines()
        named = next((each for each in lines if each.startswith("model name")), "")
    processor = named.partition(":")[2].strip() or platform.processor() or platform.machine()
    system = f"{platform.system()} {platform.machine()}"
    python = f"the benchmarks run on Python {platform.python_version()}"
    return f"{os.cpu_count()} x {processor}, {system}; {python}"


def markdown(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """The page of all benchmarks, from what is kept of each."""
    parts = [
        "# Benchmarks",
        "Written by `make bench`; the same figures for programs are in"
        " [benchmarks.json](benchmarks.json). Ratios say more than times, which are the machine's."
        " All but start-up is measured on one processor, the most that a function of up to 1,769 MB"
        " has.",
    ]
    for kept in tables.values():
        parts.append(f"## {kept['title']}")
        parts.append(kept["about"])
        parts.append(_rows(kept["rows"]))
        parts.append(f"Measured on {kept['measured']}: {kept['machine']}.")
        parts += [f"**Missed:** {each}" for each in kept["missed"]]
    return "\n\n".join(parts) + "\n"


def _rows(rows: Sequence[Mapping[str, Value]]) -> str:
    columns = list(rows[0])
    lines = [columns, ["---" if isinstance(rows[0][name], str) else "--:" for name in columns]]
    lines += [[_shown(row[name]) for name in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(value: Value) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
