"""The preview of alerts, as tables and against a walk through every quarter of an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balance_alerts.domain.account import Account, HoldReason, Subscription
from balance_alerts.domain.calendar import SendWindow, Weekday, local_date
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.decide import decide, earliest_alert_on
from balance_alerts.domain.practice import Frequency, Practice
from balance_alerts.domain.preview import Foreseen, Preview
from tests.builders import DAY_0, ON, account, at, practice

OFF = Subscription(subscribed=False, contact=ContactState.REACHABLE)


def foreseen(
    accounts: Sequence[Account], told: Practice, now: datetime, sent_today: int = 0
) -> Foreseen:
    preview = Preview(told, now, sent_today)
    for each in accounts:
        preview.add(each)
    return preview.result()


def alerts(result: Foreseen) -> dict[int, int]:
    return {(day.on - DAY_0).days: day.alerts for day in result.days if day.alerts}


def test_one_charge_is_reminded_of_in_rhythm_and_each_day_is_told() -> None:
    result = foreseen([account(email=ON)], practice(), at(0))
    assert alerts(result) == {1: 1, 15: 1, 29: 1, 43: 1, 57: 1}
    assert [day.on for day in result.days] == [DAY_0 + timedelta(days=n) for n in range(60)]
    assert {(day.text, day.email) for day in result.days if day.alerts} == {(1, 1)}
    assert (result.accounts, result.alerted, result.left_out) == (1, 1, {})


@pytest.mark.parametrize(
    ("left_out", "told", "reason"),
    [
        (account(), practice(Frequency.DONT_SEND), "practice_off"),
        (account(), practice(paused=True), "practice_off"),
        (account(text=OFF), practice(), "not_subscribed"),
        (
            account(text=Subscription(True, ContactState.BOUNCED)),
            practice(),
            "no_reachable_contact",
        ),
        (account(owes=0), practice(), "nothing_owed"),
        (account(owes=99), practice(minimum_balance_cents=100), "below_minimum"),
        (account(opened=-80, newest=-70), practice(), "window_closed"),
        (account(window=None), practice(), "window_closed"),
        (account(holds={HoldReason.DECEASED: None}), practice(), "on_hold"),
        (account(payment_open=True), practice(), "payment_pending"),
    ],
)
def test_who_gets_none_is_counted_by_the_first_reason(
    left_out: Account, told: Practice, reason: str
) -> None:
    result = foreseen([left_out], told, at(1))
    assert (alerts(result), result.left_out) == ({}, {reason: 1})


def test_a_daily_limit_lets_those_waiting_longest_go_first() -> None:
    crowd = [account(opened=-n, newest=0, patient_id=f"p-{n}") for n in range(5)]
    result = foreseen(crowd, practice(Frequency.MONTHLY, daily_limit=2), at(1), sent_today=1)
    assert alerts(result) == {1: 1, 2: 2, 3: 2, 31: 1, 32: 2, 33: 2}
    never = foreseen(crowd, practice(daily_limit=1, send_days=frozenset({Weekday.MON})), at(54))
    assert (alerts(never), never.left_out) == ({56: 1}, {"daily_limit": 4})


def test_who_is_not_in_the_pilot_is_left_out() -> None:
    preview = Preview(practice(), at(1))
    preview.add(account(email=ON), [Channel.EMAIL])
    preview.add(account(), [])
    result = preview.result()
    assert (result.days[0].text, result.days[0].email, result.left_out) == (
        0,
        1,
        {"not_in_pilot": 1},
    )


SOME_DAYS = st.integers(-70, 20)
ACCOUNTS = st.builds(
    lambda opened, longer, last, held, zone, owes: account(
        owes=owes,
        opened=opened,
        newest=opened + longer,
        last_alert=last,
        holds={} if held is None else {HoldReason.OTHER: DAY_0 + timedelta(days=held)},
        time_zone=zone,
    ),
    SOME_DAYS,
    st.integers(0, 59),
    st.none() | SOME_DAYS,
    st.none() | st.integers(0, 40),
    st.sampled_from([None, "America/Chicago", "America/Los_Angeles"]),
    st.sampled_from([0, 100, 5_000]),
)
PRACTICES = st.builds(
    lambda frequency, days, limit, first: practice(
        frequency,
        send_days=frozenset(days),
        daily_limit=limit,
        first_alert_after_days=first,
        minimum_balance_cents=200,
        send_window=SendWindow(),
    ),
    st.sampled_from([Frequency.TWO_WEEKS, Frequency.MONTHLY]),
    st.sets(st.sampled_from(list(Weekday)), min_size=1),
    st.none() | st.integers(1, 3),
    st.integers(0, 5),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACCOUNTS, max_size=6), PRACTICES, st.sampled_from(["07:00", "12:00", "21:00"]))
def test_it_foresees_what_a_walk_through_the_days_finds(
    accounts: list[Account], told: Practice, wall_time: str
) -> None:
    now = at(21, wall_time)
    result = foreseen(accounts, told, now)
    assert alerts(result) == walked(accounts, told, now)
    assert result.alerted + sum(result.left_out.values()) == len(accounts)


def walked(accounts: list[Account], told: Practice, now: datetime) -> dict[int, int]:
    """Alerts a day, asked for at noon in every zone; at the first day at what is left of it."""
    found: dict[int, int] = {}
    waiting = dict(enumerate(accounts))
    for number in range(60):
        day = local_date(now, told.time_zone) + timedelta(days=number)
        due = [
            (_since(each, told), key)
            for key, each in waiting.items()
            if decide(each, told, max(now, at(day, "12:00", each.time_zone or told.time_zone))).due
        ]
        for _, key in sorted(due)[: told.alerts.daily_limit]:
            waiting[key] = replace(waiting[key], last_alert_on=day)
            found[(day - DAY_0).days] = found.get((day - DAY_0).days, 0) + 1
    return found


def _since(each: Account, told: Practice) -> date:
    assert each.window is not None
    return earliest_alert_on(each, told, each.window)
