"""Single cells of a CSV: text to values, each refused with its column named."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import available_timezones

from balance_alerts.domain.calendar import zone
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import ID
from balance_alerts.domain.personal import Name
from balance_alerts.imports.problems import LineError

T = TypeVar("T")

LONGEST_TEXT = 500
LONGEST_NAME = 100
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})
_FIRST_YEAR = 1900
_AHEAD = timedelta(days=1)


class Cells:
    """The cells of one line by column. Every getter gives None for a blank one.

    Args:
        values: column to stripped text.
        now: the present instant, for dates that cannot lie ahead.
    """

    def __init__(self, values: Mapping[str, str], now: datetime) -> None:
        self._values = values
        self._now = now

    def needed(self, column: str, value: T | None) -> T:
        """The value of a column that cannot be blank."""
        if value is None:
            raise LineError("missing_value", f"{column}: this cell cannot be empty.")
        return value

    def text(self, column: str, longest: int = LONGEST_TEXT) -> str | None:
        """Free text of one line."""
        raw = " ".join(self._values[column].split())
        if len(raw) > longest:
            raise LineError("too_long", f"{column}: at most {longest} characters.")
        return raw or None

    def name(self, column: str) -> Name | None:
        """A name."""
        text = self.text(column, LONGEST_NAME)
        return None if text is None else Name(text)

    def id(self, column: str) -> str | None:
        """An id as every interface takes it."""
        raw = self._values[column]
        if raw and not ID.fullmatch(raw):
            raise LineError(
                "bad_id",
                f"{column}: an id is 1 to 64 letters, digits, dots, hyphens or underscores.",
            )
        return raw or None

    def converted(self, column: str, convert: Callable[[str], T]) -> T | None:
        """What a rule makes of the cell; its refusal gets the column's name."""
        raw = self._values[column]
        if not raw:
            return None
        try:
            return convert(raw)
        except RuleError as error:
            raise LineError(error.code, f"{column}: {error.message}") from None

    def yes(self, column: str) -> bool:
        """Whether the cell says yes; a blank one says no."""
        raw = self._values[column].lower()
        if raw and raw not in _YES | _NO:
            raise LineError("bad_yes_no", f"{column}: write yes or no, or leave it empty.")
        return raw in _YES

    def choice(self, column: str, choices: tuple[str, ...]) -> str | None:
        """One of a few words."""
        raw = self._values[column].lower()
        if raw and raw not in choices:
            raise LineError("bad_choice", f"{column}: must be one of {', '.join(choices)}.")
        return raw or None

    def day(self, column: str) -> date | None:
        """A date that is not ahead, in ISO form."""
        raw = self._values[column]
        if not raw:
            return None
        try:
            if not _DATE.fullmatch(raw):
                raise ValueError
            day = date.fromisoformat(raw)
        except ValueError:
            raise LineError(
                "bad_date", f"{column}: write dates as year-month-day, such as 2026-11-23."
            ) from None
        self._plausible(column, datetime.combine(day, time(0), UTC))
        return day

    def instant(self, column: str) -> datetime | None:
        """An instant with its offset from UTC."""
        raw = self._values[column]
        if not raw:
            return None
        try:
            if not _INSTANT.fullmatch(raw):
                raise ValueError
            instant = datetime.fromisoformat(raw.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise LineError(
                "bad_instant",
                f"{column}: write date, time and offset from UTC, such as "
                "2026-11-23T14:30:00-05:00 or 2026-11-23T19:30:00Z.",
            ) from None
        if instant.year < _FIRST_YEAR:
            raise LineError("bad_date", f"{column}: the year cannot be right.")
        return instant

    def consented_at(self, column: str) -> datetime | None:
        """When consent was given: an instant, or the date on a paper form."""
        if not _DATE.fullmatch(self._values[column]):
            instant = self.instant(column)
        else:
            day = self.needed(column, self.day(column))
            # noon UTC is the same calendar day everywhere in the United States
            instant = datetime.combine(day, time(12), UTC)
        if instant is not None:
            self._plausible(column, instant)
        return instant

    def time_zone(self, column: str) -> str | None:
        """A name of the IANA time zone database."""
        raw = self._values[column]
        if not raw:
            return None
        try:
            zone(raw)
        except RuleError as error:
            meant = _similar_time_zone(raw)
            message = f"this is no time zone; did you mean {meant}?" if meant else error.message
            raise LineError(error.code, f"{column}: {message}") from None
        return raw

    def _plausible(self, column: str, instant: datetime) -> None:
        if instant.year < _FIRST_YEAR or instant > self._now + _AHEAD:
            raise LineError(
                "implausible_date", f"{column}: this lies ahead, or over a century back; check it."
            )


def _similar_time_zone(name: str) -> str | None:
    """The time zone that a misspelt name most likely means, by its last part, the city."""
    names = sorted(available_timezones(), key=lambda known: known.startswith(("US/", "America/")))
    cities = {
        known.rpartition("/")[2]: known for known in names
    }  # American ones come last, and win
    close = difflib.get_close_matches(name.rpartition("/")[2], cities, n=1, cutoff=0.8)
    return cities[close[0]] if close else None
