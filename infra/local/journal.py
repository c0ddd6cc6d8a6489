"""What the functions of one run report while they work: metrics, ended calls, queued messages."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
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


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of one run of a function, as CloudWatch would take it from the log.

    `at` is by the clock that the functions see. Powertools keeps every value added in a run.
    """

    at: datetime
    namespace: str
    service: str
    name: str
    values: tuple[float, ...]


class Journal:
    """The file the Lambda wrapper appends to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def position(self) -> int:
        """Return where the journal ends now, to read on from later."""
        return self.path.stat().st_size

    def clear(self) -> None:
        """Forget what was reported so far; positions in it are of no use any more."""
        os.truncate(self.path, 0)

    def since(self, position: int) -> Report:
        """Add up everything reported after `position`."""
        report = Report()
        for line in self._lines(position):
            _count(report, line)
        return report

    def measured(self, position: int = 0) -> Iterator[Measured]:
        """Every metric reported after `position`, in order."""
        for line in self._lines(position):
            yield from _measured(line)

    def _lines(self, position: int) -> Iterator[dict[str, Any]]:
        with self.path.open("rb") as file:
            file.seek(position)
            for line in file:
                if line.endswith(b"\n"):
                    yield json.loads(line)


def _count(report: Report, line: dict[str, Any]) -> None:
    if "queued" in line:
        report.queued.append(line["queued"])
        return
    if "ended" in line:
        (report.succeeded if line["ok"] else report.failed)[line["ended"]] += 1
        return
    for each in _measured(line):
        report.metrics[each.name] += int(sum(each.values))


def _measured(line: dict[str, Any]) -> Iterator[Measured]:
    told = line.get("_aws")
    if told is None:
        return
    at = datetime.fromtimestamp(told["Timestamp"] / 1000, UTC)
    for directive in told["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            value = line.get(metric["Name"], [])
            values = tuple(value) if isinstance(value, list) else (value,)
            yield Measured(at, directive["Namespace"], line["service"], metric["Name"], values)
