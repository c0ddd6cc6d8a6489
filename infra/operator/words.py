"""Words that several commands print."""

from __future__ import annotations

from datetime import datetime

from balance_alerts.domain.brake import Brake
from balance_alerts.domain.calendar import zone


def count_of(number: int, thing: str) -> str:
    """A number of things in words."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def count_days(number: int) -> str:
    """A number of days in words."""
    return count_of(number, "day")


def local_time(instant: datetime, time_zone: str) -> str:
    """An instant as the clocks of a time zone have it."""
    return f"{instant.astimezone(zone(time_zone)):%Y-%m-%d %H:%M %Z}"


def brake_told(brake: Brake, time_zone: str) -> str:
    """Since when the operator's brake is on, and why."""
    since = local_time(brake.since, time_zone)
    why = f" ({brake.note})" if brake.note else ""
    return f"all alerts of this installation are paused by its operator since {since}{why}"
