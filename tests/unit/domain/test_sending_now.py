"""Sending now: the rules of the schedule but for its rhythm, and once a local day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from balance_alerts.domain.account import HoldReason, Subscription
from balance_alerts.domain.brake import Brake
from balance_alerts.domain.decide import Reason, decide, reason_against_sending_now
from balance_alerts.domain.practice import Frequency
from tests.builders import DAY_0, account, at, practice

OFF = Subscription(subscribed=False)
ON_HOLD = {HoldReason.OTHER: date(2026, 3, 20)}


@pytest.mark.parametrize(
    ("changes", "now", "reason"),
    [
        pytest.param({}, at(0), None, id="on the day of the charge"),
        pytest.param({"last_alert": 3}, at(3), None, id="the schedule's alert went out today"),
        pytest.param({"sent_now_on": DAY_0}, at(1), None, id="sent now yesterday"),
        pytest.param({"sent_now_on": DAY_0}, at(0), Reason.TOO_SOON, id="sent now today"),
        pytest.param(
            {"sent_now_on": DAY_0, "time_zone": "Pacific/Honolulu"},
            at(1, "01:00"),
            Reason.TOO_SOON,
            id="it is still today at the patient",
        ),
        pytest.param({"text": OFF}, at(1), Reason.NOT_SUBSCRIBED, id="not subscribed"),
        pytest.param({"owes": 0}, at(1), Reason.NOTHING_OWED, id="nothing owed"),
        pytest.param({}, at(60), Reason.WINDOW_CLOSED, id="window closed"),
        pytest.param({"holds": ON_HOLD}, at(1), Reason.ON_HOLD, id="on hold"),
        pytest.param({"payment_open": True}, at(1), Reason.PAYMENT_PENDING, id="paying"),
        pytest.param({}, at(1, "20:00"), Reason.OUTSIDE_SEND_WINDOW, id="in the evening"),
    ],
)
def test_an_alert_may_be_sent_now(
    changes: dict[str, Any], now: datetime, reason: Reason | None
) -> None:
    assert reason_against_sending_now(account(**changes), practice(), now) is reason


def test_nothing_is_sent_now_where_alerts_are_off() -> None:
    off = practice(Frequency.DONT_SEND)
    assert reason_against_sending_now(account(), off, at(1)) is Reason.PRACTICE_OFF


def test_nothing_is_sent_now_while_the_operator_paused_everything() -> None:
    braked = replace(practice(), brake=Brake(at(0), "Operator"))
    assert reason_against_sending_now(account(), braked, at(1)) is Reason.PRACTICE_OFF


def test_the_schedule_counts_from_whatever_went_out_last() -> None:
    sent = account(last_alert=2, sent_now_on=DAY_0)
    assert decide(sent, practice(), at(3)).reason is Reason.TOO_SOON
