"""Instants, local dates and send windows.

An instant is an aware datetime in UTC. A local date is the calendar day at the patient, in the
patient's time zone where it is known, else in the practice's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from balance_alerts.domain.errors import RuleError

Clock = Callable[[], datetime]
"""Tells the present instant. Injected, so that tests and the local stack can move it."""

EARLIEST_OPENING = time(8)
LATEST_CLOSING = time(21)
SHORTEST_WINDOW = timedelta(hours=2)


class Weekday(StrEnum):
    """A day of the week, in the order of `date.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


EVERY_DAY = frozenset(Weekday)
_WEEKDAYS = tuple(Weekday)


def weekday_of(day: date) -> Weekday:
    """The day of the week of `day`."""
    return _WEEKDAYS[day.weekday()]


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The time zone called `name` in the IANA database.

    Raises:
        RuleError: `unknown_time_zone`.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RuleError(
            "unknown_time_zone",
            "This is not a time zone; use a name such as America/New_York or America/Los_Angeles.",
        ) from error


def local_date(instant: datetime, time_zone: str) -> date:
    """The calendar day at `instant` in the zone called `time_zone`."""
    return instant.astimezone(zone(time_zone)).date()


def noon(day: date, time_zone: str) -> datetime:
    """The instant of 12:00 on `day` in the zone, for sources that give a date only."""
    return datetime.combine(day, time(12), zone(time_zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class SendWindow:
    """The wall-clock hours in which alerts may go out: opens <= t < closes (Rule 8)."""

    opens: time = time(9)
    closes: time = time(20)

    def __post_init__(self) -> None:
        """Refuse a window outside 08:00 to 21:00 or shorter than two hours."""
        if self.opens < EARLIEST_OPENING or self.closes > LATEST_CLOSING:
            raise RuleError(
                "send_window_out_of_hours",
                "Alerts go out between 08:00 and 21:00; choose a send window inside those hours.",
            )
        if self._length() < SHORTEST_WINDOW:
            raise RuleError(
                "send_window_too_short",
                "The send window must be at least two hours long, and close after it opens.",
            )

    def _length(self) -> timedelta:
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)

    def contains(self, wall_time: time) -> bool:
        """Whether alerts may go out at this local time."""
        return self.opens <= wall_time < self.closes

    def elapsed_share(self, wall_time: time) -> float:
        """How much of the window has passed at this local time, from 0.0 to 1.0."""
        passed = datetime.combine(date.min, wall_time) - datetime.combine(date.min, self.opens)
        return min(1.0, max(0.0, passed / self._length()))
