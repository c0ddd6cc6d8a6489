"""The business dashboard without CloudWatch: its panels by local day, from what functions printed.

Which panels there are and what is in them is read off the dashboard that was deployed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, NamedTuple

from infra.local.journal import Measured

A_DAY_IN_SECONDS = 24 * 60 * 60

_STATISTICS: dict[str, Callable[[Iterable[float]], float]] = {"Sum": sum, "Maximum": max}


class _Line(NamedTuple):
    """One line of a panel: a metric, by namespace, service and name."""

    namespace: str
    service: str
    name: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel by day: its lines, each with what is made of a day's values, stacked."""

    title: str
    statistic: str
    lines: tuple[_Line, ...]

    def of_day(self, values: dict[_Line, list[float]]) -> float | None:
        """What it shows of a day; None where nothing was told."""
        told = [values[line] for line in self.lines if values.get(line)]
        return sum(map(_STATISTICS[self.statistic], told)) if told else None


def panels_of(dashboard_body: str) -> list[Panel]:
    """The panels of a dashboard that have one value a day."""
    return [
        Panel(properties["title"], properties["stat"], tuple(map(_line, properties["metrics"])))
        for properties in (each["properties"] for each in json.loads(dashboard_body)["widgets"])
        if properties.get("period") == A_DAY_IN_SECONDS
    ]


def _line(metric: list[Any]) -> _Line:
    namespace, name, _, service, _ = metric
    return _Line(namespace, service, name)


def by_day(
    panels: Iterable[Panel], measured: Iterable[Measured], zone: tzinfo
) -> dict[date, list[float | None]]:
    """What each panel shows of each local day on which anything was told, newest first."""
    days: defaultdict[date, defaultdict[_Line, list[float]]]
    days = defaultdict(lambda: defaultdict(list))
    for each in measured:
        day = each.at.astimezone(zone).date()
        days[day][_Line(each.namespace, each.service, each.name)] += each.values
    panels = list(panels)
    return {day: [panel.of_day(days[day]) for panel in panels] for day in sorted(days)[::-1]}
