"""Sending now: by HTTP as the front desk does, doubled, and killed at each of its steps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from threading import Barrier

import pytest
from botocore.exceptions import ReadTimeoutError

from balance_alerts.alerts.send_now import Click
from balance_alerts.domain.audit import Who
from balance_alerts.domain.errors import NotDueError, RuleError
from balance_alerts.domain.permissions import Level
from balance_alerts.store.audit import changes_of
from tests.builders import at
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import Answer, Browser
from tests.stack.staff_client import staff
from tests.stack.workers import (
    Killed,
    broken_at,
    killed_at,
    noted_calls,
    sender,
    sender_now,
)

STAFF = Who("s-1", "Ines Vega", "front_desk")


@pytest.fixture
def desk(clinic: Clinic, browser: Browser) -> Browser:
    return staff(browser, clinic, Level.FRONT_DESK)


def click(clinic: Clinic, key: str = "k-1") -> Click:
    return Click(
        practice_id=clinic.practice.practice_id, patient_id="p-1", key_digest=key, by=STAFF
    )


def send_now(clinic: Clinic, key: str = "k-1") -> str:
    """The alert's id; by a worker in this process."""
    return sender_now(clinic.stack).send(click(clinic, key))


def ask(desk: Browser, key: str | None = "k-1", patient_id: str = "p-1") -> Answer:
    headers = {} if key is None else {"Idempotency-Key": key}
    return desk.send("POST", f"/patients/{patient_id}/alerts", headers=headers)


def sent_today(clinic: Clinic) -> int:
    practices = clinic.stack.wiring.practices
    return practices.alerts_sent(clinic.practice.practice_id, clinic.stack.now().date())


# ------------------------------------------------------------------ by HTTP


def test_an_alert_is_sent_now_once_a_day_and_becomes_the_last_one(
    clinic: Clinic, desk: Browser, browser: Browser
) -> None:
    """One of today's, although the patient was alerted by the schedule a day before."""
    clinic.patient("p-1", email=True)
    assert clinic.stack.scan().sent == 1
    clinic.stack.clock.set(at(2))
    first = ask(desk)
    assert first.status == HTTPStatus.CREATED
    assert [ask(desk).json, ask(desk).json] == [first.json] * 2, "the same click"
    other = ask(desk, "k-2")
    assert (other.status, other.code, other.json["reason"]) == (409, "not_due", "too_soon")
    assert clinic.delivered("p-1") == 4
    told = desk.get("/patients/p-1/alerts").json
    assert told["decision"] == {"due": False, "reason": "too_soon", "next_on": "2026-03-18"}
    assert [alert["sent_on"] for alert in told["alerts"]] == ["2026-03-04", "2026-03-03"]
    assert told["alerts"][0]["alert_id"] == first.json["alert_id"]
    assert sent_today(clinic) == 1
    [change], _ = changes_of(clinic.practice.practice_id, after=None, limit=9)
    assert (change.action, change.by.name) == ("send_now", "Ines Vega")
    stranger = staff(browser, next(clinics(clinic.stack)), Level.BUSINESS_OWNER)
    assert (ask(stranger).status, ask(stranger).code) == (HTTPStatus.NOT_FOUND, "unknown_patient")
    assert ask(desk, key=None).code == "missing_field"
    clinic.stack.clock.set(at(3))
    assert ask(desk).json == first.json, "the click has been an alert once and for all"
    assert ask(desk, "k-3").status == HTTPStatus.CREATED


def test_only_the_rhythm_is_passed_over(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1")
    clinic.stack.clock.set(at(0, "20:00"))
    assert ask(desk).json["reason"] == "outside_send_window"
    clinic.stack.clock.set(at(0, "12:00"))
    clinic.patient("p-2", text=False)
    assert ask(desk, patient_id="p-2").json["reason"] == "not_subscribed"
    assert ask(desk).status == HTTPStatus.CREATED, "the day before the first alert"
    limited = replace(clinic.practice.alerts, daily_limit=1)
    changed = clinic.stack.wiring.practices.save_settings(clinic.practice, limited)
    clinic.patient("p-3")
    assert ask(desk, patient_id="p-3").json["reason"] == "daily_limit"
    paused = replace(limited, paused=True)
    clinic.stack.wiring.practices.save_settings(changed, paused)
    assert ask(desk, patient_id="p-3").json["reason"] == "practice_off"
    assert clinic.delivered("p-3") == 0


def test_what_certainly_was_not_sent_may_be_tried_again_by_the_same_click(
    clinic: Clinic, desk: Browser
) -> None:
    clinic.patient("p-1")
    before = clinic.account("p-1").to_domain()
    clinic.stack.outbox.set_fault("text", "stopped")
    refused = ask(desk)
    assert (refused.status, refused.code) == (503, "alert_not_sent")
    after = clinic.account("p-1").to_domain()
    assert replace(after, version=before.version) == before
    assert (clinic.history("p-1"), sent_today(clinic)) == ([], 0)
    clinic.stack.outbox.clear_faults()
    assert ask(desk).status == HTTPStatus.CREATED
    assert clinic.delivered("p-1") == 1


def test_a_number_that_is_refused_is_marked(clinic: Clinic, desk: Browser) -> None:
    number = clinic.patient("p-1")
    clinic.stack.outbox.set_fault("text", "rejected", to=number)
    assert ask(desk).json["reason"] == "no_reachable_contact"
    assert clinic.account("p-1").mobile_state == "invalid"


def test_an_outcome_that_cannot_be_known_counts(clinic: Clinic, desk: Browser) -> None:
    clinic.patient("p-1")
    clinic.stack.outbox.set_fault("text", "server_error_after")
    assert ask(desk).status == HTTPStatus.CREATED
    assert clinic.statuses("p-1") == [{"text": "unknown"}]
    assert ask(desk, "k-2").json["reason"] == "too_soon"
    assert clinic.delivered("p-1") == 1


# ------------------------------------------------------------------ doubled and killed


@pytest.mark.parametrize("keys", [["k"] * 4, ["k-1", "k-2", "k-3", "k-4"]], ids=["one", "four"])
def test_clicks_at_once_are_one_alert(clinic: Clinic, keys: list[str]) -> None:
    clinic.patient("p-1")
    start = Barrier(len(keys))

    def work(key: str) -> str:
        start.wait()
        try:
            return send_now(clinic, key)
        except NotDueError as error:
            return error.reason

    with ThreadPoolExecutor(len(keys)) as pool:
        answers = list(pool.map(work, keys))
    assert clinic.delivered("p-1") == 1
    [alert] = clinic.history("p-1")
    others = {"too_soon"} if len(set(keys)) > 1 else set()
    assert set(answers) == {alert.alert_id} | others
    assert sent_today(clinic) == 1


def test_click_and_schedule_at_once_are_one_alert(clinic: Clinic) -> None:
    """Whoever clicked could not know what the schedule was about to do."""
    clinic.patient("p-1")
    worker = sender_now(clinic.stack)
    keep = worker.links.keep

    def keep_while_the_schedule_sends(links):  # type: ignore[no-untyped-def]  # as Links.keep
        keep(links)
        worker.links.keep = keep  # type: ignore[method-assign]  # once
        assert sender(clinic.stack).send(clinic.slice("p-1"), seconds_left=60).sent == 1

    worker.links.keep = keep_while_the_schedule_sends  # type: ignore[method-assign]  # in between
    with pytest.raises(NotDueError) as refused:
        worker.send(click(clinic))
    assert refused.value.reason == "too_soon"
    assert (clinic.delivered("p-1"), sent_today(clinic)) == (1, 1)
    assert send_now(clinic, "k-2"), "knowing it, they may send another one"
    assert sender(clinic.stack).send(clinic.slice("p-1"), seconds_left=60).skipped == 1


def test_no_click_while_a_worker_may_be_sending(clinic: Clinic) -> None:
    clinic.patient("p-1")
    with killed_at("BatchExecuteStatement", after=True), pytest.raises(Killed):
        sender(clinic.stack).send(clinic.slice("p-1"), seconds_left=60)
    with pytest.raises(NotDueError) as refused:
        send_now(clinic)
    assert refused.value.reason == "too_soon"
    clinic.stack.clock.set(clinic.stack.now() + timedelta(minutes=15))
    assert send_now(clinic)
    assert clinic.statuses("p-1") == [{"text": "accepted"}, {"text": "unknown"}]


def test_killed_at_any_call_a_click_is_at_most_one_alert(clinic: Clinic) -> None:
    """The same click is sent again after each kill, as a browser without an answer does."""
    clinic.patient("p-0")
    with noted_calls() as calls:
        sender_now(clinic.stack).send(replace(click(clinic), patient_id="p-0"))
    steps = [(step, after) for step in calls for after in (False, True)]
    assert len(steps) >= 12
    for number, ((operation, call), after) in enumerate(steps):
        patient_id = f"p-{number + 1}"
        clinic.patient(patient_id)
        wanted = replace(click(clinic), patient_id=patient_id)
        with killed_at(operation, call=call, after=after), pytest.raises(Killed):
            sender_now(clinic.stack).send(wanted)
        went_out = clinic.delivered(patient_id)
        claimed = clinic.account(patient_id).claim_id
        again = sender_now(clinic.stack).send(wanted)
        where = f"{operation} {call}, {'after' if after else 'before'}"
        assert clinic.delivered(patient_id) == (went_out if claimed else 1), where
        assert again == (claimed or clinic.account(patient_id).claim_id), where


def test_a_claim_whose_answer_was_lost_is_recognised_and_sent(clinic: Clinic) -> None:
    """Of the transactions the first counts towards the daily limit, the second claims."""
    clinic.patient("p-1")
    lost = ReadTimeoutError(endpoint_url="https://dynamodb")
    with broken_at("TransactWriteItems", calls=[2], after=True, error=lost):
        alert_id = send_now(clinic)
    assert [alert.alert_id for alert in clinic.history("p-1")] == [alert_id]
    assert clinic.delivered("p-1") == 1


def test_a_patient_nobody_knows_is_not_alerted(clinic: Clinic) -> None:
    with pytest.raises(RuleError) as refused:
        send_now(clinic)
    assert refused.value.code == "unknown_patient"
