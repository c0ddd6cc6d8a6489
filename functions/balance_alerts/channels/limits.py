"""How fast and how patiently providers are called."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.config import Config

CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 5
_SLOWEST = 8


def client_config(*, connections: int = 10) -> Config:
    """The configuration both provider clients must be built with.

    The SDK's own retries are off: it would repeat a send whose answer was lost, and the patient
    would be told twice. `connections` is how many calls may be under way at once.
    """
    from botocore.config import Config

    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=connections,
        tcp_keepalive=True,
    )


class Pace:
    """Lets calls through at an even rate, whatever thread they come from.

    Even spacing, no saved-up burst: a burst after a lull is what a rate limit answers with
    throttling. Turns are given out in order; those that have not come yet move when the rate does.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`per_second` may be a fraction; the clock is monotonic, in seconds."""
        if per_second <= 0:
            raise ValueError("a pace lets through more than nothing")
        self._usual = self._interval = 1.0 / per_second
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._given = 0
        """How many turns were given out."""
        self._known, self._known_at = 0, float("-inf")
        """A turn, and when it comes: the others follow from it at the interval."""

    def slow_down(self) -> None:
        """Let half as many through from here on, but no fewer than an eighth of the usual rate."""
        self._go_at(min(2 * self._interval, _SLOWEST * self._usual))

    def recover(self) -> None:
        """Go at the usual rate again."""
        self._go_at(self._usual)

    def wait(self, *, until: float | None = None) -> bool:
        """Sleep until this caller's turn and return True.

        With `until`, an instant of the same clock, a turn that would come later is not taken:
        the answer is False at once, and nobody else is delayed by having asked.
        """
        with self._lock:
            now = self._clock()
            if self._at(self._given) < now:
                self._known, self._known_at = self._given, now
            if until is not None and self._at(self._given) > until:
                return False
            turn, at = self._given, self._at(self._given)
            self._given += 1
        while True:
            if at > now:
                self._sleep(at - now)
            with self._lock:
                before, at, now = at, self._at(turn), self._clock()
            if at <= before:  # it did not move meanwhile
                return True
            if until is not None and at > until:
                return False

    def _at(self, turn: int) -> float:
        return self._known_at + (turn - self._known) * self._interval

    def _go_at(self, interval: float) -> None:
        """Change the interval, of all turns after the last one that has come."""
        with self._lock:
            now = self._clock()
            while self._known + 1 < self._given and self._at(self._known + 1) <= now:
                self._known, self._known_at = self._known + 1, self._at(self._known + 1)
            self._interval = interval
