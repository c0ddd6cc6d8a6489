"""The local stack's clock: real time plus an offset every function reads from one file."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path


class LocalClock:
    """A clock that can be set forwards or back and then runs on from there.

    The offset lies in `path`, in microseconds; the Lambda wrapper reads it again when the file
    changes, so a new time reaches every warm worker at its next call.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._offset = timedelta(0)
        self._store(timedelta(0))

    def now(self) -> datetime:
        """Return the instant the functions see now (aware, UTC)."""
        return datetime.now(UTC) + self._offset

    def set(self, instant: datetime) -> datetime:
        """Make it `instant` (aware) now, and return the time it then is.

        Raises `ValueError` for a naive instant and for years a calendar cannot count from.
        """
        if instant.tzinfo is None:
            raise ValueError("the instant needs a time zone")
        instant = instant.astimezone(UTC)
        if not 1971 <= instant.year <= 9000:
            raise ValueError("the year must lie between 1971 and 9000")
        self._store(instant - datetime.now(UTC))
        return self.now()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """Step the clock by an interval (negative goes back) and return the new time."""
        return self.set(self.now() + timedelta(days=days, hours=hours, minutes=minutes))

    def reset(self) -> datetime:
        """Go back to real time."""
        self._store(timedelta(0))
        return self.now()

    def _store(self, offset: timedelta) -> None:
        """Write the offset to a new file put in place of the old one, so no reader sees half."""
        with self._lock:
            fresh = self.path.with_suffix(".new")
            fresh.write_text(str(offset // timedelta(microseconds=1)), "ascii")
            os.replace(fresh, self.path)
            self._offset = offset
