"""Time that passes: in jumps, while nobody is in the middle of something; and outages of AWS."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

DAYS = 60
"""How many days go by in a soak, however long it is."""
BY_DAY = 0.8
OPEN_FROM_UTC = 16
"""From when on all practices are open."""
AFTERMATH_SECONDS = 25.0
"""How long after an outage calls may still fail: every function starts anew, on few cores."""


class Gate:
    """Lets many act, or the clock be stepped, but never both.

    A real clock does not jump while a card is charged or a message is sent.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Do something that the clock must not be stepped in."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Wait until nobody is inside, and let nobody in."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()


class Outages:
    """When AWS was away. `now` is by a clock that nobody steps."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []
        self._back = threading.Event()
        self._back.set()
        self._began = 0.0

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self._spans)

    @contextmanager
    def one(self) -> Iterator[None]:
        """AWS is away meanwhile."""
        self._began = time.monotonic()
        self._back.clear()
        try:
            yield
        finally:
            self._spans.append((self._began, time.monotonic()))
            self._back.set()

    def excuse(self, began: float) -> bool:
        """Whether a call that began then, and just failed, may have met an outage."""
        if not self._back.is_set():
            return True
        return any(
            began < end + AFTERMATH_SECONDS and time.monotonic() > start
            for start, end in self._spans
        )

    def took_with_it(self, at: float, before: float) -> bool:
        """Whether an outage began so many seconds after an instant, or less, or was on then."""
        return any(start - before <= at <= end for start, end in self._spans)

    def wait_until_over(self) -> None:
        """Return once AWS answers."""
        self._back.wait()


def next_stop(now: datetime, jumps: int, random: Random) -> datetime:
    """To when the clock is stepped next, of so many times; mostly to the hours of a day."""
    to = now + timedelta(days=DAYS) / max(jumps, 1) * random.uniform(0.3, 1.7)
    if 4 <= to.hour < OPEN_FROM_UTC and random.random() < BY_DAY:
        to = to.replace(hour=OPEN_FROM_UTC, minute=random.randrange(60))
    return to
