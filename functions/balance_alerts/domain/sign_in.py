"""How often a date of birth may be tried on one link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

TRIES_BEFORE_LOCK = 5
TRIES_IN_ALL = 15
LOCK_LASTS = timedelta(minutes=15)


class NextTry(Enum):
    """What the tries so far say about one more.

    ALLOWED: it goes on with the present run of tries. FRESH: a lock is over, a new run begins.
    LOCKED: not now. ENDED: never again.
    """

    ALLOWED = auto()
    FRESH = auto()
    LOCKED = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong tries on one link: in all, and in the present run of up to five."""

    wrong: int = 0
    run: int = 0
    last_at: datetime | None = None

    @property
    def locked_until(self) -> datetime | None:
        """When the lock that a whole run of tries set is over; None where there is none."""
        if self.run < TRIES_BEFORE_LOCK or self.last_at is None:
            return None
        return self.last_at + LOCK_LASTS

    def next_try(self, now: datetime) -> NextTry:
        """Whether the date may be tried once more."""
        locked_until = self.locked_until
        if locked_until is not None and now < locked_until:
            return NextTry.LOCKED
        if self.wrong >= TRIES_IN_ALL:
            return NextTry.ENDED
        return NextTry.ALLOWED if locked_until is None else NextTry.FRESH
