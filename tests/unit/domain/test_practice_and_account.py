"""Settings that no practice can mean, holds, and who is in the due index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest

from balance_alerts.domain.account import (
    Account,
    HoldReason,
    Subscription,
    belongs_in_due_index,
    check_hold,
)
from balance_alerts.domain.calendar import SendWindow
from balance_alerts.domain.contact import ContactState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import AlertSettings, Frequency, Practice
from tests.builders import account


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: SendWindow(time(7, 59), time(20)), "send_window_out_of_hours"),
        (lambda: SendWindow(time(9), time(21, 1)), "send_window_out_of_hours"),
        (lambda: SendWindow(time(9), time(10, 59)), "send_window_too_short"),
        (lambda: SendWindow(time(12), time(9)), "send_window_too_short"),
        (lambda: AlertSettings(send_days=frozenset()), "no_send_days"),
        (lambda: AlertSettings(minimum_balance_cents=0), "minimum_balance_too_low"),
        (lambda: AlertSettings(first_alert_after_days=31), "first_alert_out_of_range"),
        (lambda: AlertSettings(first_alert_after_days=-1), "first_alert_out_of_range"),
        (lambda: AlertSettings(daily_limit=0), "daily_limit_too_low"),
        (
            lambda: Practice("p", "code23", "P", "P", "+1", "America/New_Yrok"),
            "unknown_time_zone",
        ),
        (lambda: Practice("p", "code23", "P", "P", "+1", "../etc/passwd"), "unknown_time_zone"),
        (lambda: check_hold(HoldReason.DISPUTE, None), "hold_needs_end"),
    ],
)
def test_what_no_practice_can_mean_is_refused(make: Callable[[], object], code: str) -> None:
    with pytest.raises(RuleError) as refused:
        make()
    assert refused.value.code == code


def test_the_widest_and_the_shortest_send_window_are_allowed() -> None:
    assert SendWindow(time(8), time(21)).contains(time(8))
    assert not SendWindow(time(8), time(10)).contains(time(10))


def test_a_new_practice_sends_nothing() -> None:
    assert AlertSettings().frequency is Frequency.DONT_SEND
    assert not AlertSettings().sending


def test_holds_that_may_last_for_good() -> None:
    for reason in HoldReason:
        check_hold(reason, date(2026, 5, 1))
    endless = {HoldReason.DECEASED, HoldReason.BANKRUPTCY, HoldReason.AGENCY}
    for reason in endless | {HoldReason.WORKERS_COMP_OR_LIEN}:
        check_hold(reason, None)


@pytest.mark.parametrize(
    ("seen", "window_seen_closed", "belongs"),
    [
        pytest.param(account(), False, True, id="owing and reachable"),
        pytest.param(account(owes=0), False, False, id="paid"),
        pytest.param(account(owes=-1), False, False, id="in credit"),
        pytest.param(account(), True, False, id="window seen closed"),
        pytest.param(account(window=None), False, False, id="no responsibility"),
        pytest.param(
            account(text=Subscription(subscribed=False, contact=ContactState.REACHABLE)),
            False,
            False,
            id="not subscribed",
        ),
        pytest.param(
            account(text=Subscription(subscribed=True, contact=ContactState.BOUNCED)),
            False,
            False,
            id="unreachable",
        ),
        pytest.param(account(payment_open=True), False, True, id="payment open: decide's business"),
        pytest.param(
            account(holds={HoldReason.AGENCY: None}), False, True, id="held: decide's business"
        ),
    ],
)
def test_the_due_index_holds_what_only_time_or_decide_keeps_back(
    seen: Account, window_seen_closed: bool, belongs: bool
) -> None:
    assert belongs_in_due_index(seen, window_seen_closed=window_seen_closed) is belongs
