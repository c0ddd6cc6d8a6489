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


def client_config(*, connections: int = 25) -> Config:
    """The configuration both provider clients must be built with.

    The SDK's own retries are off: it would repeat a send whose answer was lost, and the patient
    would be told twice. `connections` is how many calls may be under way at
    once: a slice's.
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
    throttling.
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
        self._next_at = float("-inf")

    def slow_down(self) -> None:
        """Let half as many through from here on, but no fewer than an eighth of the usual rate."""
        with self._lock:
            self._interval = min(2 * self._interval, _SLOWEST * self._usual)

    def recover(self) -> None:
        """Go at the usual rate again."""
        with self._lock:
            self._interval = self._usual

    def wait(self, *, until: float | None = None) -> bool:
        """Sleep until this caller's turn and return True.

        With `until`, an instant of the same clock, a turn that would come later is not taken:
        the answer is False at once, and nobody else is delayed by having asked.
        """
        with self._lock:
            now = self._clock()
            turn_at = max(now, self._next_at)
            if until is not None and turn_at > until:
                return False
            self._next_at = turn_at + self._interval
        if turn_at > now:
            self._sleep(turn_at - now)
        return True
