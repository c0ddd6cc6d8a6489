"""What nobody can wait for is done in the background: previews and reports of large practices."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from balance_alerts.domain.permissions import Level
from balance_alerts.office.jobs import MOST_AT_ONCE
from balance_alerts.store import keys
from balance_alerts.store.alerts import AlertRecord
from balance_alerts.store.jobs import GIVEN_UP_AFTER, KEPT, JobKind
from infra.local.waiting import StackError, wait_until
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Browser
from tests.stack.staff_client import staff
from tests.stack.test_staff_card_payments import pay

PREVIEW = "/practice/balance-alerts/preview"
REPORTS = "/reports/jobs"
WORKER = "balance-alerts-staff-jobs"
RANGE = "from=2026-03-01&to=2026-03-31"
DAYS = '{"first": "2026-03-01", "last": "2026-03-31"}'


@pytest.fixture
def director(browser: Browser, clinic: Clinic) -> Browser:
    return staff(browser, clinic, Level.THERAPY_DIRECTOR)


def begun(clinic: Clinic, kind: JobKind, asked: str) -> dict[str, str]:
    """A job that no worker was started for; the event that one would be started with."""
    desk = replace(clinic.stack.wiring.job_desk, start=lambda *_: None)
    practice_id = clinic.practice.practice_id
    return {"practice_id": practice_id, "job_id": desk.begin(practice_id, kind, asked)}


def when_ended(member: Browser, path: str) -> Any:
    """A job as it stands once it is no longer running."""
    wait_until(lambda: member.get(path).json["state"] != "running", path, within_seconds=60)
    return member.get(path).json


def got(url: str) -> tuple[str, str]:
    """What a browser saves from an address that needs no token, and under which name."""
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=30)
    connection.request("GET", f"{address.path}?{address.query}")
    response = connection.getresponse()
    assert response.status == HTTPStatus.OK
    name = response.headers["Content-Disposition"].partition("filename=")[2]
    text = response.read().decode()
    connection.close()
    return text, name


def test_a_large_practice_gets_what_a_small_one_would(
    clinic: Clinic, browser: Browser, director: Browser
) -> None:
    clinic.patients(3)
    stack = clinic.stack
    assert stack.scan().sent == 3
    stack.connect_to_gateway(clinic.practice.practice_id)
    assert pay(clinic, browser, "1", 1_550).status == HTTPStatus.CREATED
    asked: dict[str, tuple[Any, ...]] = {
        "preview": ("POST", PREVIEW, {"frequency": "monthly"}),
        "alerts": ("GET", f"/reports/balance-alerts?{RANGE}"),
        "payments": ("GET", f"/reports/payments?{RANGE}"),
    }
    small = {name: director.send(*request) for name, request in asked.items()}
    assert {answer.status for answer in small.values()} == {HTTPStatus.OK}
    days = director.get(f"/reports/balance-alerts?{RANGE}&format=csv").raw.decode()
    clinic.grow()

    paths, large = {}, {}
    for name, request in asked.items():
        answer = director.send(*request)
        assert answer.status == HTTPStatus.ACCEPTED, answer
        paths[name] = f"{PREVIEW if name == 'preview' else REPORTS}/{answer.json['job_id']}"
        large[name] = when_ended(director, paths[name])
    assert [job["state"] for job in large.values()] == ["done"] * 3
    assert all(job["looked_at"] == job["accounts"] > MOST_AT_ONCE for job in large.values())
    assert large["preview"]["preview"] == small["preview"].json
    assert large["alerts"]["report"] == small["alerts"].json
    assert got(large["alerts"]["csv"]["url"]) == (days, '"balance-alerts.csv"')
    assert large["payments"]["report"] is None
    table, name = got(large["payments"]["csv"]["url"])
    assert (table, name) == (small["payments"].raw.decode(), '"card-payments.csv"')

    other = staff(browser, next(clinics(stack)), Level.BUSINESS_OWNER)
    assert {other.get(path).code for path in paths.values()} == {"unknown_job"}
    job_id = paths["preview"].removeprefix(PREVIEW)
    assert director.get(f"{REPORTS}{job_id}").code == "unknown_job"
    desk = staff(browser, clinic, Level.FRONT_DESK)
    assert desk.get(paths["preview"]).code == "forbidden"
    assert desk.get(paths["alerts"]).status == HTTPStatus.OK


def test_how_far_a_job_is_can_be_asked_from_the_start(clinic: Clinic, director: Browser) -> None:
    clinic.patients(3)
    event = begun(clinic, JobKind.PREVIEW, "{}")
    path = f"{PREVIEW}/{event['job_id']}"
    waiting = {"job_id": event["job_id"], "state": "running", "looked_at": 0, "accounts": None}
    assert director.get(path).json == {**waiting, "preview": None}
    clinic.stack.invoke(WORKER, event)
    done = director.get(path).json
    assert (done["state"], done["looked_at"], done["accounts"]) == ("done", 3, 3)
    clinic.patient("p-4")
    clinic.stack.invoke(WORKER, event)  # started once more, as may happen
    assert director.get(path).json == done


def test_a_job_whose_worker_was_stopped_is_taken_up_or_seen_as_failed(
    clinic: Clinic, director: Browser
) -> None:
    clinic.patients(2)
    event = begun(clinic, JobKind.ALERT_REPORT, DAYS)
    path, jobs, clock = f"{REPORTS}/{event['job_id']}", clinic.stack.wiring.jobs, clinic.stack.clock
    begun_at = clinic.stack.now()
    record = jobs.get(event["practice_id"], event["job_id"], begun_at)
    jobs.begin_try(record)
    jobs.tell(record, 1, accounts=2)
    told = director.get(path).json
    assert (told["state"], told["looked_at"], told["accounts"]) == ("running", 1, 2)
    clock.set(begun_at + GIVEN_UP_AFTER)
    assert director.get(path).json["state"] == "failed"
    clinic.stack.invoke(WORKER, event)
    assert director.get(path).json["state"] == "done"
    clock.set(begun_at + KEPT)
    assert director.get(path).code == "unknown_job"


def test_a_try_that_fails_is_followed_by_one_more(clinic: Clinic, director: Browser) -> None:
    clinic.patient("p-1")
    assert clinic.stack.scan().sent == 1
    (alert,) = clinic.history("p-1")
    garbled = {"text": {"status": "as nobody knows", "message_id": None, "detail": ""}}
    key = keys.alert(alert.practice_id, "p-1", alert.claimed_at, alert.alert_id)
    AlertRecord(*key).update([AlertRecord.channels.set(garbled)])
    event = begun(clinic, JobKind.ALERT_REPORT, DAYS)
    path, states = f"{REPORTS}/{event['job_id']}", []
    for _ in range(2):
        with pytest.raises(StackError):
            clinic.stack.invoke(WORKER, event)
        states.append(director.get(path).json["state"])
    clinic.stack.invoke(WORKER, event)
    assert [*states, director.get(path).json["state"]] == ["running", "failed", "failed"]


def test_what_cannot_be_done_is_not_tried_again(clinic: Clinic, director: Browser) -> None:
    clinic.stack.clock.set(clinic.stack.now() + timedelta(days=1))
    event = begun(clinic, JobKind.PREVIEW, '{"send_days": []}')
    clinic.stack.invoke(WORKER, event)
    assert director.get(f"{PREVIEW}/{event['job_id']}").json["state"] == "failed"
