"""A director sees what settings would lead to before saving them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.permissions import Level
from tests import builders
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser
from tests.stack.staff_client import staff

PATH = "/practice/balance-alerts/preview"


@pytest.fixture
def director(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.THERAPY_DIRECTOR)


def alerts(answer: Any) -> dict[int, int]:
    days = ((date.fromisoformat(day["on"]) - builders.DAY_0).days for day in answer["days"])
    return {n: day["alerts"] for n, day in zip(days, answer["days"], strict=True) if day["alerts"]}


def left_out(answer: Any) -> dict[str, int]:
    return {reason: number for reason, number in answer["left_out"].items() if number}


def test_every_account_is_alerted_or_left_out_for_a_reason(
    clinic: Clinic, director: Browser
) -> None:
    clinic.patients(2, email=True)
    clinic.patient("no-text", text=False)
    clinic.patient("paid", owes=0)
    clinic.patient("held")
    wiring, practice_id = clinic.stack.wiring, clinic.practice.practice_id
    hold = HoldReason.DECEASED
    wiring.accounts.set_hold(practice_id, "held", hold, until=None, now=clinic.stack.now())
    answer = director.send("POST", PATH, {}).json
    assert alerts(answer) == {1: 2, 15: 2, 29: 2, 43: 2, 57: 2}
    assert [(day["text"], day["email"]) for day in answer["days"] if day["alerts"]] == [(2, 2)] * 5
    assert (answer["accounts"], answer["alerted"]) == (5, 2)
    assert left_out(answer) == {"not_subscribed": 1, "nothing_owed": 1, "on_hold": 1}


def test_other_settings_are_foreseen_and_not_saved(clinic: Clinic, director: Browser) -> None:
    pilot = clinic.patient("p-1")
    clinic.patient("p-2")
    before = director.get("/practice").json
    assert alerts(director.send("POST", PATH, {"frequency": "monthly"}).json) == {1: 2, 31: 2}
    limited = director.send("POST", PATH, {"frequency": "monthly", "daily_limit": 1}).json
    assert alerts(limited) == {1: 1, 2: 1, 31: 1, 32: 1}
    off = director.send("POST", PATH, {"frequency": "dont_send"}).json
    assert (alerts(off), left_out(off)) == ({}, {"practice_off": 2})
    tried = director.send("POST", PATH, {"pilot_contacts": [pilot]}).json
    assert (alerts(tried)[1], left_out(tried)) == (1, {"not_in_pilot": 1})
    assert director.send("POST", PATH, {"daily_limit": -1}).code == "invalid_value"
    assert director.get("/practice").json == before
    assert director.get("/audit").json["changes"] == []


def test_the_first_day_is_what_the_scan_then_does(clinic: Clinic, director: Browser) -> None:
    clinic.patients(3)
    foreseen = director.send("POST", PATH, {}).json["days"][0]["alerts"]
    assert clinic.stack.scan().sent == foreseen == 3
    again = director.send("POST", PATH, {}).json
    assert alerts(again) == {15: 3, 29: 3, 43: 3, 57: 3}
