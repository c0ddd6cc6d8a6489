"""When the gateway's books are read, and what it proves not to find an attempt there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.looking_up import Absence, absence_of, look_up_due, sweep_due

BEGUN_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
ATTEMPT = Attempt(
    practice_id="harbor",
    patient_id="p-1",
    attempt_id="ba234567abcdefghijkl",
    amount_cents=50_00,
    case_id=None,
    state=AttemptState.UNKNOWN,
    begun_at=BEGUN_AT,
    news_at=BEGUN_AT,
)
NOTHING, SUSPECTED, NOT_CHARGED = Absence.NOTHING, Absence.SUSPECTED, Absence.NOT_CHARGED


def after(**span: float) -> datetime:
    return BEGUN_AT + timedelta(**span)


@pytest.mark.parametrize(
    ("looked_up_at", "now", "due"),
    [
        (None, after(seconds=5), True),
        (after(minutes=54), after(minutes=59), True),
        (None, after(days=3), True),
        (after(minutes=59), after(minutes=64), False),
        (after(minutes=59), after(minutes=119), True),
        (after(days=4), after(days=3), True),
    ],
    ids=["at once", "each run", "never yet", "hourly", "an hour later", "clock set back"],
)
def test_young_attempts_are_looked_up_at_each_run_and_old_ones_hourly(
    looked_up_at: datetime | None, now: datetime, *, due: bool
) -> None:
    assert look_up_due(replace(ATTEMPT, looked_up_at=looked_up_at), now) is due


@pytest.mark.parametrize(
    ("state", "absent_since", "looked_up_at", "proves"),
    [
        (AttemptState.UNKNOWN, None, after(minutes=14, seconds=59), NOTHING),
        (AttemptState.UNKNOWN, None, after(minutes=15), SUSPECTED),
        (AttemptState.SENDING, None, after(minutes=15), SUSPECTED),
        (AttemptState.UNKNOWN, None, after(days=9), SUSPECTED),
        (AttemptState.UNKNOWN, after(minutes=15), after(hours=23, minutes=59), NOTHING),
        (AttemptState.UNKNOWN, after(minutes=15), after(hours=24), NOT_CHARGED),
        (AttemptState.UNKNOWN, after(days=9), after(days=9), NOTHING),
        (AttemptState.UNKNOWN, after(days=9), after(days=9, minutes=5), NOT_CHARGED),
        (AttemptState.UNKNOWN, after(minutes=15), after(minutes=-5), NOTHING),
        (AttemptState.HELD, after(minutes=15), after(days=9), NOTHING),
    ],
)
def test_two_complete_look_ups_prove_that_nothing_was_charged(
    state: AttemptState,
    absent_since: datetime | None,
    looked_up_at: datetime,
    proves: Absence,
) -> None:
    attempt = replace(ATTEMPT, state=state, absent_since=absent_since)
    assert absence_of(attempt, looked_up_at) is proves


TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("swept_on", "tried", "local", "due"),
    [
        (None, None, "02:59", False),
        (None, None, "03:00", True),
        (TODAY - timedelta(days=1), None, "03:00", True),
        (TODAY - timedelta(days=1), None, "02:59", False),
        (TODAY, None, "23:59", False),
        (None, "03:00", "03:55", False),
        (None, "03:00", "04:00", True),
    ],
)
def test_a_practice_is_swept_once_a_local_day_from_three_o_clock(
    swept_on: date | None, tried: str | None, local: str, *, due: bool
) -> None:
    def at(wall: str) -> datetime:
        hour, minute = map(int, wall.split(":"))
        return datetime(2026, 3, 2, hour, minute, tzinfo=UTC) + timedelta(hours=5)

    tried_at = None if tried is None else at(tried)
    now = at(local)
    zone = "America/New_York"
    assert sweep_due(swept_on=swept_on, tried_at=tried_at, time_zone=zone, now=now) is due
