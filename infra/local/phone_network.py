"""Which numbers opted out of texts, as AWS keeps it of an account."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

ONCE_IN = timedelta(days=30)
"""AWS takes a number off its list at the account's request once in that time."""


class OptedInLately(Exception):
    """The number was taken off the list less than 30 days ago."""


class PhoneNetwork:
    """The list of numbers that opted out; `now` tells the local stack's time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._opted_out: set[str] = set()
        self._opted_in_at: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._opted_out.clear()
            self._opted_in_at.clear()

    def stop(self, number: str) -> None:
        """The owner of a number replied STOP to its carrier."""
        with self._lock:
            self._opted_out.add(number)

    def start(self, number: str) -> None:
        """The owner of a number replied START."""
        with self._lock:
            self._opted_out.discard(number)

    def opted_out(self) -> list[str]:
        """Return the list."""
        with self._lock:
            return sorted(self._opted_out)

    def is_opted_out(self, number: str) -> bool:
        """Tell whether texts to a number are taken and not sent."""
        with self._lock:
            return number in self._opted_out

    def opt_in(self, number: str) -> None:
        """Take a number off the list at the account's request.

        Raises:
            OptedInLately: that was done less than 30 days ago.
        """
        with self._lock:
            now, before = self._now(), self._opted_in_at.get(number)
            if before is not None and timedelta(0) <= now - before < ONCE_IN:
                raise OptedInLately
            self._opted_in_at[number] = now
            self._opted_out.discard(number)
