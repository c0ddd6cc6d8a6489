"""A text was not sent to this patient: why? As the operator's command tells it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from balance_alerts.access.unsubscribe import SOURCE
from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.audit import OPERATOR, Who
from balance_alerts.domain.contact import Channel, ContactFact, Told
from balance_alerts.office.patient_file import open_file
from balance_alerts.practices.brake import pause_all
from balance_alerts.store import keys
from infra.local.gateway.modes import GatewayMode
from infra.local.outbox import FaultMode
from infra.operator.explain import explained
from tests.builders import at
from tests.lagging import tell_only_the_contact
from tests.stack.due import Clinic
from tests.stack.paying import Till
from tests.stack.workers import Killed, killed_at, sender

INES = Who("s-1", "Ines Vega", "front_desk")


def explain(clinic: Clinic, patient_id: str = "p-1") -> str:
    file = open_file(clinic.practice.practice_id, patient_id, clinic.stack.now())
    return "\n".join(explained(clinic.stack.wiring, file))


def settings(clinic: Clinic, **changes: Any) -> None:
    changed = replace(clinic.practice.alerts, **changes)
    clinic.practice = clinic.stack.wiring.practices.save_settings(clinic.practice, changed)


def opt_out(clinic: Clinic, channel: Channel) -> None:
    practice_id = clinic.practice.practice_id
    contact = clinic.account("p-1").contact(channel)
    clinic.stack.wiring.accounts.tell_of_contact(
        practice_id,
        channel,
        str(contact),
        ContactFact.OPTED_OUT,
        source=SOURCE,
        at=clinic.stack.now(),
    )


def assert_told(said: str, *patterns: str) -> None:
    for pattern in patterns:
        assert re.search(pattern, said, re.MULTILINE), f"{pattern}\nis not in\n{said}"


def test_due_and_then_sent_with_what_became_of_each_channel(clinic: Clinic) -> None:
    mobile = clinic.patient("p-1", email=True)
    assert_told(
        explain(clinic),
        "^p-1: due now; it goes out with the next run, within 15 minutes$",
        r"balance \$50\.00$",
        r"text: subscribed \(consent of 2026-02-20 10:00 EST, intake form, recorded by test\), "
        rf"contact \*\*\*-\*\*\*-{mobile[-4:]} reachable$",
        "No alerts so far",
    )
    clinic.stack.outbox.set_fault("email", FaultMode.RESET_AFTER, times=1)
    assert clinic.stack.scan().sent == 1
    assert_told(
        explain(clinic),
        r"not due \(too_soon\): the last alert was on 2026-03-03, less than 14 days ago",
        "2026-03-03 text accepted by the provider, email unknown whether it went out, never "
        r"repeated in this period \(\w+\), at 2026-03-03 10:0\d EST",
    )


def test_an_opt_out_is_told_with_its_date_and_source(clinic: Clinic) -> None:
    clinic.patient("p-1", text=False, email=True)
    clinic.stack.clock.set(at(1, "11:30"))
    opt_out(clinic, Channel.EMAIL)
    assert_told(
        explain(clinic),
        r"not due \(no_reachable_contact\).*time alone will not change that$",
        r"email: nothing goes out by it, as the contact's owner wishes .*"
        r"opted out since 2026-03-03 11:30 EST \(one_click\)",
        "text: never subscribed",
    )


def test_a_switch_of_the_patient_s_own_is_told_as_withdrawn(clinic: Clinic) -> None:
    clinic.patient("p-1")
    wiring, practice_id = clinic.stack.wiring, clinic.practice.practice_id
    wiring.switch_desk.switches.turn(
        practice_id, "p-1", {Channel.TEXT: False}, now=clinic.stack.now()
    )
    assert_told(
        explain(clinic),
        r"\(not_subscribed\)",
        r"text: switched off \(withdrawn of 2026-03-03 10:00 EST, portal, recorded by patient\)",
    )


def test_a_hold_is_told_with_who_set_it_and_why(clinic: Clinic) -> None:
    clinic.patient("p-1")
    clinic.stack.wiring.hold_desk.put(
        clinic.practice.practice_id,
        "p-1",
        HoldReason.DISPUTE,
        until=at(9).date(),
        note="Says it was paid.",
        by=INES,
    )
    assert_told(
        explain(clinic),
        r"\(on_hold\): a hold is active; due on 2026-03-12 from 09:00",
        r"hold for dispute through 2026-03-11, set by Ines Vega at 2026-03-\d\d .*: Says it was",
    )


def test_a_payment_that_is_being_confirmed_is_told(till: Till) -> None:
    clinic = till.clinic
    clinic.patient("p-1")
    till.gateway.set_mode(GatewayMode.HOLD)
    till.pay("p-1", till.asked(2_000))
    assert_told(
        explain(clinic),
        r"\(payment_pending\)",
        r"payment \w+ of \$20\.00 is held, begun at 2026-03-03 10:0\d EST",
    )


def test_everything_that_keeps_a_practice_off_is_told_at_once(clinic: Clinic) -> None:
    clinic.patient("p-1")
    settings(clinic, paused=True)
    pause_all(by=OPERATOR, note="wrong amounts", now=clinic.stack.now())
    assert_told(
        explain(clinic),
        r"\(practice_off\): all alerts of this installation are paused by its operator since "
        r"2026-03-03 10:0\d EST \(wrong amounts\); and the practice's alerts are paused",
    )


def test_who_is_left_out_of_a_pilot_is_told(clinic: Clinic) -> None:
    clinic.patient("p-1")
    settings(clinic, pilot_contacts=("+12025550199",))
    assert clinic.stack.scan().sent == 0
    assert_told(
        explain(clinic),
        r"due now, but kept back \(not_in_pilot\)",
        "text: .*not among the contacts that alerts are tried out on",
        "alerts are tried out on 1 contacts",
    )


def test_a_daily_limit_is_told_with_how_much_of_it_is_used(clinic: Clinic) -> None:
    clinic.patients(2)
    settings(clinic, daily_limit=1)
    assert clinic.stack.scan().sent == 1
    waiting = next(p for p in ("p-1", "p-2") if clinic.delivered(p) == 0)
    assert_told(
        explain(clinic, waiting),
        r"due now, but kept back \(daily_limit\): as many alerts as the practice allows",
        "daily limit: 1 of 1 alerts used today",
    )
    settings(clinic, daily_limit=20)
    clinic.stack.clock.set(at(1, "09:01"))
    assert_told(
        explain(clinic, waiting),
        r"kept back \(daily_limit\): the day's alerts are spread over its hours",
        "daily limit: 1 of 20 alerts used today",
    )


def test_a_contact_that_the_account_lags_behind_is_seen_through(clinic: Clinic) -> None:
    """The sender reads the contact, and so does who explains."""
    key = keys.mobile(clinic.patient("p-1"))
    tell_only_the_contact(key, ContactFact.OPTED_OUT, Told(clinic.stack.now(), SOURCE))
    assert_told(
        explain(clinic),
        r"due now, but kept back \(no_reachable_contact\)",
        "opted out since",
    )


def test_an_alert_whose_worker_is_gone_is_told_as_going_out_then_as_unknown(
    clinic: Clinic,
) -> None:
    clinic.patient("p-1")
    with pytest.raises(Killed), killed_at("BatchExecuteStatement", after=True):
        sender(clinic.stack).send(clinic.slice("p-1"), seconds_left=60)
    assert_told(
        explain(clinic),
        "an alert is going out since 2026-03-03 10:0",
        "No alerts so far",
    )
    clinic.stack.clock.set(clinic.stack.now() + timedelta(minutes=16))
    said = explain(clinic)
    assert_told(said, "2026-03-03 text unknown whether it went out.*worker_lost")
    assert "going out since" not in said
