"""Who gets an alert, as tables: one row a situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balance_alerts.domain.account import Account, HoldReason, Subscription
from balance_alerts.domain.brake import Brake
from balance_alerts.domain.calendar import SendWindow, Weekday
from balance_alerts.domain.contact import ContactState
from balance_alerts.domain.decide import Decision, Reason, decide
from balance_alerts.domain.practice import Frequency, Practice
from tests.builders import DAY_0, ON, account, at, practice

OFF = Subscription(subscribed=False, contact=ContactState.REACHABLE)
NO_CONTACT = Subscription(subscribed=True, contact=None)
BRAKED = replace(practice(), brake=Brake(at(0), "Operator"))
WEEKDAYS = frozenset(Weekday) - {Weekday.SAT, Weekday.SUN}


def day(number: int | None) -> date | None:
    return None if number is None else DAY_0 + timedelta(days=number)


def state(contact: ContactState) -> Subscription:
    return Subscription(subscribed=True, contact=contact)


def alert_days(frequency: Frequency, days: int = 120, **changes: object) -> list[int]:
    """The days on which one account is alerted, looked at once a day, each alert counted."""
    seen = account(**changes)  # type: ignore[arg-type]  # the builder's own keywords
    sent = []
    for number in range(days):
        if decide(seen, practice(frequency), at(number)).due:
            sent.append(number)
            seen = replace(seen, last_alert_on=day(number))
    return sent


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        pytest.param(Frequency.TWO_WEEKS, [1, 15, 29, 43, 57], id="every two weeks"),
        pytest.param(Frequency.MONTHLY, [1, 31], id="every 30 days"),
        pytest.param(Frequency.DONT_SEND, [], id="don't send"),
    ],
)
def test_one_unpaid_charge_is_reminded_of_in_rhythm_then_never_again(
    frequency: Frequency, expected: list[int]
) -> None:
    assert alert_days(frequency) == expected


def test_a_patient_seen_every_day_is_still_reminded() -> None:
    """Later responsibility extends the window; it does not put off the first alert."""
    sent = []
    seen = account()
    for number in range(40):
        seen = replace(seen, window=replace(seen.window, newest_at=at(number, "09:30")))
        if decide(seen, practice(), at(number)).due:
            sent.append(number)
            seen = replace(seen, last_alert_on=day(number))
    assert sent == [1, 15, 29]


SITUATIONS = [
    # what, account, practice, now, reason, next day
    ("due", account(), practice(), at(1), None, 1),
    ("practice paused", account(), practice(paused=True), at(1), Reason.PRACTICE_OFF, None),
    ("all paused by the operator", account(), BRAKED, at(1), Reason.PRACTICE_OFF, None),
    ("practice off", account(), practice(Frequency.DONT_SEND), at(1), Reason.PRACTICE_OFF, None),
    (
        "never subscribed",
        account(text=Subscription(None, ContactState.REACHABLE)),
        practice(),
        at(1),
        Reason.NOT_SUBSCRIBED,
        None,
    ),
    ("switched off", account(text=OFF), practice(), at(1), Reason.NOT_SUBSCRIBED, None),
    ("email alone", account(text=OFF, email=ON), practice(), at(1), None, 1),
    (
        "no contact on file",
        account(text=NO_CONTACT),
        practice(),
        at(1),
        Reason.NO_REACHABLE_CONTACT,
        None,
    ),
    *(
        (
            f"text {contact}, email reachable but not subscribed: no redirect",
            account(text=state(contact), email=Subscription(None, ContactState.REACHABLE)),
            practice(),
            at(1),
            Reason.NO_REACHABLE_CONTACT,
            None,
        )
        for contact in ContactState
        if contact is not ContactState.REACHABLE
    ),
    (
        "one of two channels reachable",
        account(text=state(ContactState.OPTED_OUT), email=ON),
        practice(),
        at(1),
        None,
        1,
    ),
    ("paid", account(owes=0), practice(), at(1), Reason.NOTHING_OWED, None),
    ("in credit", account(owes=-1), practice(), at(1), Reason.NOTHING_OWED, None),
    ("owes one cent", account(owes=1), practice(), at(1), None, 1),
    (
        "a cent below the minimum",
        account(owes=999),
        practice(minimum_balance_cents=1000),
        at(1),
        Reason.BELOW_MINIMUM,
        None,
    ),
    ("at the minimum", account(owes=1000), practice(minimum_balance_cents=1000), at(1), None, 1),
    ("day 59", account(last_alert=43), practice(), at(59), None, 59),
    ("day 60", account(last_alert=43), practice(), at(60), Reason.WINDOW_CLOSED, None),
    (
        "never any responsibility",
        account(window=None),
        practice(),
        at(1),
        Reason.WINDOW_CLOSED,
        None,
    ),
    (
        "window kept open by later responsibility",
        account(newest=30, last_alert=71),
        practice(),
        at(85),
        None,
        85,
    ),
    ("window opened today", account(), practice(), at(0), Reason.TOO_SOON, 1),
    ("first alert today", account(), practice(first_alert_after_days=0), at(0), None, 0),
    (
        "first alert after 30 days",
        account(),
        practice(first_alert_after_days=30),
        at(29),
        Reason.TOO_SOON,
        30,
    ),
    (
        "responsibility recorded for tomorrow",
        account(opened=1),
        practice(),
        at(0),
        Reason.TOO_SOON,
        2,
    ),
    ("13 days after an alert", account(last_alert=1), practice(), at(14), Reason.TOO_SOON, 15),
    ("14 days after an alert", account(last_alert=1), practice(), at(15), None, 15),
    (
        "29 days after an alert, monthly",
        account(last_alert=1),
        practice(Frequency.MONTHLY),
        at(30),
        Reason.TOO_SOON,
        31,
    ),
    ("a run missed, caught up", account(last_alert=1), practice(), at(17), None, 17),
    (
        "monthly changed to every two weeks: due at once",
        account(last_alert=1),
        practice(),
        at(20),
        None,
        20,
    ),
    (
        "every two weeks changed to monthly: waits",
        account(last_alert=1),
        practice(Frequency.MONTHLY),
        at(20),
        Reason.TOO_SOON,
        31,
    ),
    (
        "paid, then owing again in a new window: the clock of the last alert runs on",
        account(opened=70, last_alert=60),
        practice(),
        at(71),
        Reason.TOO_SOON,
        74,
    ),
    (
        "the next alert would come after the window closes",
        account(last_alert=57),
        practice(),
        at(58),
        Reason.TOO_SOON,
        None,
    ),
    (
        "before the window opens",
        account(),
        practice(),
        at(1, "08:59"),
        Reason.OUTSIDE_SEND_WINDOW,
        1,
    ),
    ("as the send window opens", account(), practice(), at(1, "09:00"), None, 1),
    ("the last minute", account(), practice(), at(1, "19:59"), None, 1),
    ("as it closes", account(), practice(), at(1, "20:00"), Reason.OUTSIDE_SEND_WINDOW, 2),
    (
        "closed for the day, on the last day of the window",
        account(last_alert=43),
        practice(),
        at(59, "20:00"),
        Reason.OUTSIDE_SEND_WINDOW,
        None,
    ),
    (
        "too soon, and closed for the day",
        account(),
        practice(),
        at(0, "21:00"),
        Reason.TOO_SOON,
        1,
    ),
    (
        "not a send day: the Saturday waits for Monday",
        account(last_alert=-20, opened=-8, newest=4),
        practice(send_days=WEEKDAYS),
        at(5),
        Reason.OUTSIDE_SEND_WINDOW,
        7,
    ),
    (
        "a hold through today",
        account(holds={HoldReason.DISPUTE: DAY_0 + timedelta(days=1)}),
        practice(),
        at(1),
        Reason.ON_HOLD,
        2,
    ),
    (
        "a hold that ended yesterday",
        account(holds={HoldReason.DISPUTE: DAY_0}),
        practice(),
        at(1),
        None,
        1,
    ),
    (
        "two holds: the later end counts",
        account(
            holds={
                HoldReason.DISPUTE: DAY_0 + timedelta(days=3),
                HoldReason.PAYMENT_PLAN: DAY_0 + timedelta(days=20),
            }
        ),
        practice(),
        at(1),
        Reason.ON_HOLD,
        21,
    ),
    (
        "a hold without end",
        account(holds={HoldReason.AGENCY: None}),
        practice(),
        at(1),
        Reason.ON_HOLD,
        None,
    ),
    (
        "a hold that outlasts the window",
        account(holds={HoldReason.HARDSHIP: DAY_0 + timedelta(days=90)}),
        practice(),
        at(1),
        Reason.ON_HOLD,
        None,
    ),
    ("a payment open", account(payment_open=True), practice(), at(1), Reason.PAYMENT_PENDING, None),
    (
        "a hold and a payment open: no time makes it due",
        account(payment_open=True, holds={HoldReason.DISPUTE: DAY_0 + timedelta(days=3)}),
        practice(),
        at(1),
        Reason.ON_HOLD,
        None,
    ),
]


@pytest.mark.parametrize(
    ("seen", "its_practice", "now", "reason", "next_day"),
    [pytest.param(*row[1:], id=row[0]) for row in SITUATIONS],
)
def test_each_situation_has_its_decision(
    seen: Account, its_practice: Practice, now: object, reason: Reason | None, next_day: int | None
) -> None:
    decision = decide(seen, its_practice, now)  # type: ignore[arg-type]  # a table of instants
    assert decision == Decision(reason, day(next_day))


def test_the_first_reason_that_fails_is_the_one_given() -> None:
    """Everything is wrong at first; mended one by one, in the order of the rules."""
    wrong = account(
        text=Subscription(None, ContactState.INVALID),
        owes=0,
        opened=-100,
        holds={HoldReason.AGENCY: None},
        payment_open=True,
        last_alert=0,
    )
    strict = practice(Frequency.DONT_SEND, minimum_balance_cents=1000)
    night = at(1, "22:00")
    given_in_order = []

    def note() -> None:
        given_in_order.append(decide(wrong, strict, night).reason)

    note()
    strict = practice(minimum_balance_cents=1000)
    note()
    wrong = replace(wrong, text=state(ContactState.INVALID))
    note()
    wrong = replace(wrong, text=ON)
    note()
    wrong = replace(wrong, balance_cents=999)
    note()
    wrong = replace(wrong, balance_cents=1000)
    note()
    wrong = replace(wrong, window=account().window)
    note()
    wrong = replace(wrong, holds={})
    note()
    wrong = replace(wrong, payment_open=False)
    note()
    wrong = replace(wrong, last_alert_on=None)
    note()
    assert given_in_order == list(Reason)


@pytest.mark.parametrize(
    ("time_zone", "now", "due"),
    [
        pytest.param(None, at(1, "09:00"), True, id="the practice's zone"),
        pytest.param("America/Los_Angeles", at(1, "09:00"), False, id="6 am in Los Angeles"),
        pytest.param("America/Los_Angeles", at(1, "12:00"), True, id="9 am in Los Angeles"),
        pytest.param("Pacific/Honolulu", at(1, "19:59"), True, id="afternoon in Honolulu"),
        pytest.param("Pacific/Guam", at(1, "10:00"), False, id="past midnight in Guam"),
    ],
)
def test_the_patients_own_zone_decides(time_zone: str | None, now: object, due: bool) -> None:
    seen = account(time_zone=time_zone)
    assert decide(seen, practice(), now).due is due  # type: ignore[arg-type]  # as above


SPRING_FORWARD = 6  # 8 March 2026, 23 hours long in New York
FALL_BACK = (date(2026, 11, 1) - DAY_0).days  # 25 hours long


@pytest.mark.parametrize("changes_on", [SPRING_FORWARD, FALL_BACK], ids=["forward", "back"])
def test_clock_changes_keep_wall_time(changes_on: int) -> None:
    seen = account(opened=changes_on - 1)
    on_that_day = [f"{hour:02}:00" for hour in (8, 9, 19, 20)]
    due = [decide(seen, practice(), at(changes_on, wall)).due for wall in on_that_day]
    assert due == [False, True, True, False]


def test_a_period_counts_days_not_hours_over_a_clock_change() -> None:
    seen = account(last_alert=0, opened=-3)
    assert not decide(seen, practice(), at(13, "19:59")).due
    assert decide(seen, practice(), at(14, "09:00")).due


def test_a_window_that_the_practice_narrows_is_obeyed() -> None:
    narrow = practice(send_window=SendWindow(*map(at_wall, ("12:00", "14:00"))))
    assert [
        decide(account(), narrow, at(1, t)).due for t in ("11:59", "12:00", "13:59", "14:00")
    ] == [
        False,
        True,
        True,
        False,
    ]


def at_wall(text: str) -> object:
    from datetime import time

    return time.fromisoformat(text)


days = st.integers(-70, 70)


@given(
    opened=days,
    extended=st.integers(0, 59),
    last_alert=st.none() | days,
    hold_until=st.none() | days,
    first_after=st.integers(0, 30),
    send_days=st.sets(st.sampled_from(list(Weekday)), min_size=1),
    frequency=st.sampled_from([Frequency.TWO_WEEKS, Frequency.MONTHLY]),
    today=st.integers(0, 60),
    hour=st.integers(0, 23),
)
def test_next_on_is_the_first_day_that_turns_out_due(
    opened: int,
    extended: int,
    last_alert: int | None,
    hold_until: int | None,
    first_after: int,
    send_days: set[Weekday],
    frequency: Frequency,
    today: int,
    hour: int,
) -> None:
    seen = account(
        opened=opened,
        newest=opened + extended,
        last_alert=last_alert,
        holds={} if hold_until is None else {HoldReason.OTHER: DAY_0 + timedelta(days=hold_until)},
    )
    its_practice = practice(
        frequency, first_alert_after_days=first_after, send_days=frozenset(send_days)
    )
    now = at(today, f"{hour:02}:00")
    decision = decide(seen, its_practice, now)
    later_today = [today] if hour < 20 else []
    turns_out_due = next(
        (
            number
            for number in [*later_today, *range(today + 1, today + 140)]
            if decide(seen, its_practice, max(now, at(number, "09:00"))).due
        ),
        None,
    )
    assert decision.next_on == day(turns_out_due)
