"""When the gateway's books are read, and what it proves not to find an attempt there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.calendar import zone

EACH_RUN_FOR = timedelta(hours=1)
LATER_EVERY = timedelta(hours=1)

FIRST_PROOF_AFTER = timedelta(minutes=15)
"""A charge may take some minutes to be listed; before that its absence says nothing."""

LAST_PROOF_AFTER = timedelta(hours=24)

SWEPT_FROM = time(3)
"""Local time from which a practice's settlements are gone through, once a day."""


class Absence(StrEnum):
    """What it says of an attempt that a complete look-up did not find it.

    NOTHING: too early, or it is known to be there. SUSPECTED: the first look-up that counts.
    NOT_CHARGED: the second one; nothing was charged.
    """

    NOTHING = "nothing"
    SUSPECTED = "suspected"
    NOT_CHARGED = "not_charged"


def look_up_due(attempt: Attempt, now: datetime) -> bool:
    """Whether it is to be looked up now: at every run at first, hourly later."""
    looked_up_at = attempt.looked_up_at
    if now - attempt.begun_at < EACH_RUN_FOR or looked_up_at is None:
        return True
    return is_over(looked_up_at, LATER_EVERY, now)


def absence_of(attempt: Attempt, looked_up_at: datetime) -> Absence:
    """What a complete look-up that began at this instant proves by not finding the attempt.

    Two are needed, at least 15 minutes and at least 24 hours after the call. One that waits for a
    review was seen at the gateway and is not forgotten for being missing in a list.
    """
    age = looked_up_at - attempt.begun_at
    if attempt.state is AttemptState.HELD or age < FIRST_PROOF_AFTER:
        return Absence.NOTHING
    if attempt.absent_since is None:
        return Absence.SUSPECTED
    if age < LAST_PROOF_AFTER or looked_up_at <= attempt.absent_since:
        return Absence.NOTHING
    return Absence.NOT_CHARGED


def sweep_due(
    *, swept_on: date | None, tried_at: datetime | None, time_zone: str, now: datetime
) -> bool:
    """Whether a practice's settlements are to be gone through: once a local day, tried hourly."""
    local_now = now.astimezone(zone(time_zone))
    if local_now.time() < SWEPT_FROM or (swept_on is not None and swept_on >= local_now.date()):
        return False
    return tried_at is None or is_over(tried_at, LATER_EVERY, now)


def is_over(since: datetime, pause: timedelta, now: datetime) -> bool:
    """Whether a pause is over; one that would begin later is of a clock that was set back."""
    return not timedelta(0) <= now - since < pause
