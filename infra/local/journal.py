"""What the functions of one run report while they work: metrics, ended calls, queued messages."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported in a stretch of the journal."""

    metrics: Counter[str] = field(default_factory=Counter)
    """Sum of each metric, by name."""
    succeeded: Counter[str] = field(default_factory=Counter)
    """Calls that returned, by the function's logical id."""
    failed: Counter[str] = field(default_factory=Counter)
    """Calls that raised, by the function's logical id."""
    queued: list[str] = field(default_factory=list)
    """Bodies of messages that came from a queue, as often as they came."""


class Journal:
    """The file the Lambda wrapper appends to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def position(self) -> int:
        """Return where the journal ends now, to read on from later."""
        return self.path.stat().st_size

    def since(self, position: int) -> Report:
        """Add up everything reported after `position`."""
        report = Report()
        with self.path.open("rb") as file:
            file.seek(position)
            for line in file:
                if line.endswith(b"\n"):
                    _count(report, json.loads(line))
        return report


def _count(report: Report, line: dict[str, Any]) -> None:
    if "queued" in line:
        report.queued.append(line["queued"])
        return
    if "ended" in line:
        (report.succeeded if line["ok"] else report.failed)[line["ended"]] += 1
        return
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            value = line.get(metric["Name"], 0)
            total = sum(value) if isinstance(value, list) else value
            report.metrics[metric["Name"]] += int(total)
