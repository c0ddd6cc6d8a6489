"""A director changes profile and alert settings, and all of it is in the audit trail."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from balance_alerts.domain.permissions import Level
from balance_alerts.store.audit import changes_of
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser
from tests.stack.staff_client import staff


@pytest.fixture
def director(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.THERAPY_DIRECTOR)


def trail(clinic: Clinic) -> list[dict[str, Any]]:
    changes, _ = changes_of(clinic.practice.practice_id, after=None, limit=50)
    return [{"action": each.action, **each.after} for each in changes]


def test_what_is_sent_changes_and_the_rest_stays(clinic: Clinic, director: Browser) -> None:
    answer = director.send(
        "PUT",
        "/practice",
        {"hours": "Mon-Fri 7-19", "reply_to": "Front@Example.org", "website": "https://a.example"},
    )
    assert answer.status == HTTPStatus.OK, answer
    assert answer.json["reply_to"] == "Front@example.org"
    answer = director.send("PUT", "/practice", {"website": None})
    assert (answer.json["website"], answer.json["hours"]) == (None, "Mon-Fri 7-19")
    assert answer.json == director.get("/practice").json
    assert trail(clinic) == [
        {"action": "profile_changed", "website": None},
        {
            "action": "profile_changed",
            "hours": "Mon-Fri 7-19",
            "reply_to": "Front@example.org",
            "website": "https://a.example",
        },
    ]


def test_alert_settings_are_checked_as_a_whole(clinic: Clinic, director: Browser) -> None:
    path = "/practice/balance-alerts"
    answer = director.send(
        "PUT", path, {"frequency": "monthly", "send_window": {"closes": "17:30"}}
    )
    settings = answer.json["balance_alerts"]
    assert settings["frequency"] == "monthly"
    assert settings["send_window"] == {"opens": "09:00", "closes": "17:30"}
    assert director.send("PUT", path, {"send_window": {"opens": "16:00"}}).code == (
        "send_window_too_short"
    )
    assert director.get("/practice").json["balance_alerts"] == settings
    assert trail(clinic) == [
        {
            "action": "balance_alerts_changed",
            "frequency": "monthly",
            "send_window": "09:00 to 17:30",
        }
    ]


def test_saving_what_is_there_already_leaves_no_note(clinic: Clinic, director: Browser) -> None:
    assert director.send("PUT", "/practice/balance-alerts", {}).status == HTTPStatus.OK
    assert director.send("PUT", "/practice", {"time_zone": "America/New_York"}).status == 200
    assert trail(clinic) == []


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/practice", {"short_name": "A very long name of a practice " * 2}, "short_name_too_long"),
        ("/practice", {"phone": "call us"}, "invalid_phone"),
        ("/practice", {"time_zone": "Mars/Olympus"}, "unknown_time_zone"),
        ("/practice", {"reply_to": "nobody"}, "invalid_value"),
        ("/practice", {"website": "javascript:alert(1)"}, "invalid_value"),
        ("/practice", {"hours": "two\nlines"}, "invalid_value"),
        ("/practice", {"code": "abc234"}, "unknown_field"),
        ("/practice/balance-alerts", {"send_days": []}, "invalid_value"),
        ("/practice/balance-alerts", {"send_window": {"opens": "9:00"}}, "invalid_value"),
        ("/practice/balance-alerts", {"daily_limit": 0}, "invalid_value"),
        ("/practice/balance-alerts", {"pilot_contacts": ["12"]}, "invalid_value"),
    ],
)
def test_what_no_practice_can_mean_is_refused(
    director: Browser, path: str, body: dict[str, Any], code: str
) -> None:
    before = director.get("/practice").json
    answer = director.send("PUT", path, body)
    assert (answer.status, answer.code) == (HTTPStatus.UNPROCESSABLE_ENTITY, code)
    assert director.get("/practice").json == before


def test_in_a_pilot_nobody_else_is_sent_to_and_all_stay_due(
    clinic: Clinic, director: Browser
) -> None:
    clinic.patients(3)
    pilot = clinic.patient("p-9", email=True)
    path = "/practice/balance-alerts"
    answer = director.send("PUT", path, {"pilot_contacts": [pilot[2:]], "daily_limit": 1})
    assert answer.json["balance_alerts"]["pilot_contacts"] == [pilot]
    assert clinic.stack.scan().sent == 1
    assert [message.to for message in clinic.stack.outbox.messages()] == [pilot]
    clinic.queue("p-1", "p-2")
    assert clinic.history("p-1") == []
    assert pilot not in str(trail(clinic))

    director.send("PUT", path, {"pilot_contacts": None, "daily_limit": None})
    assert clinic.stack.scan().sent == 3
