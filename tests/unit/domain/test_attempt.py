"""How an attempt's story may go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from balance_alerts.domain.attempt import MAY_FOLLOW, Attempt, AttemptState

SENDING, APPROVED, DECLINED, FAILED, HELD, UNKNOWN = AttemptState
BEGUN_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)


def attempt(state: AttemptState) -> Attempt:
    return Attempt(
        practice_id="harbor",
        patient_id="p-1",
        attempt_id="ba234567abcdefghijkl",
        amount_cents=5_000,
        case_id=None,
        state=state,
        begun_at=BEGUN_AT,
        news_at=BEGUN_AT,
    )


def test_every_state_says_what_may_follow_it() -> None:
    assert set(MAY_FOLLOW) == set(AttemptState)


def test_money_that_was_taken_is_posted_whatever_was_believed_before() -> None:
    assert {before for before in AttemptState if APPROVED not in MAY_FOLLOW[before]} == {APPROVED}


def test_what_is_in_the_ledger_stays_there() -> None:
    assert MAY_FOLLOW[APPROVED] == frozenset()


@pytest.mark.parametrize("state", AttemptState)
def test_the_same_news_again_changes_nothing(state: AttemptState) -> None:
    assert state not in MAY_FOLLOW[state]


@pytest.mark.parametrize("state", [DECLINED, FAILED, APPROVED])
def test_a_lock_that_was_released_is_never_taken_again(state: AttemptState) -> None:
    assert not state.is_open
    assert not any(after.is_open for after in MAY_FOLLOW[state])


def test_nobody_forgets_that_a_payment_is_held() -> None:
    assert UNKNOWN not in MAY_FOLLOW[HELD]


@pytest.mark.parametrize(
    ("state", "seconds", "reads"),
    [
        (SENDING, 60, SENDING),
        (SENDING, 61, UNKNOWN),
        (HELD, 1_000_000, HELD),
        (APPROVED, 61, APPROVED),
    ],
)
def test_a_charge_that_nobody_waits_for_any_more_reads_as_unknown(
    state: AttemptState, seconds: int, reads: AttemptState
) -> None:
    assert attempt(state).state_at(BEGUN_AT + timedelta(seconds=seconds)) is reads
