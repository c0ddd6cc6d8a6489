"""The sender killed at each of its steps, then its slice delivered again.

Killed before the claim, the patient is alerted once, by the second worker. Killed after it, the
alert went out at most once and shows as what it is: sent, or unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from balance_alerts.alerts.send import SliceReport
from balance_alerts.store import table
from tests.builders import at
from tests.stack.due import Clinic
from tests.stack.workers import Killed, killed_at, sender

BEFORE, AFTER = False, True
READ, BESIDE, LINKS, COUNT, CLAIM, RECORD = (
    ("BatchGetItem", 1),
    ("BatchGetItem", 2),
    ("BatchWriteItem", 1),
    ("TransactWriteItems", 1),
    ("BatchExecuteStatement", 1),
    ("BatchWriteItem", 2),
)


def send(clinic: Clinic, *patient_ids: str) -> SliceReport:
    return sender(clinic.stack).send(clinic.slice(*patient_ids), seconds_left=60)


def killed(clinic: Clinic, step: tuple[str, int], after: bool, *patient_ids: str) -> None:
    operation, call = step
    with killed_at(operation, call=call, after=after), pytest.raises(Killed):
        send(clinic, *patient_ids)


@pytest.mark.parametrize(
    ("step", "after"),
    [
        pytest.param(READ, BEFORE, id="before reading the accounts"),
        pytest.param(READ, AFTER, id="after reading the accounts"),
        pytest.param(BESIDE, AFTER, id="after reading the contacts"),
        pytest.param(COUNT, AFTER, id="after counting towards the daily limit"),
        pytest.param(LINKS, BEFORE, id="before storing the links"),
        pytest.param(LINKS, AFTER, id="after storing the links"),
        pytest.param(CLAIM, BEFORE, id="before the claim"),
    ],
)
def test_killed_before_the_claim_the_next_worker_alerts_once(
    clinic: Clinic, step: tuple[str, int], after: bool
) -> None:
    patients = clinic.patients(3, email=True)
    killed(clinic, step, after, *patients)
    assert not clinic.stack.outbox.messages()
    assert send(clinic, *patients).sent == 3
    assert send(clinic, *patients) == SliceReport(skipped=3)
    assert [clinic.delivered(patient) for patient in patients] == [2, 2, 2]
    assert clinic.statuses("p-1") == [{"text": "accepted", "email": "accepted"}]


def test_killed_between_claim_and_provider_nobody_is_alerted_and_staff_see_unknown(
    clinic: Clinic,
) -> None:
    patients = clinic.patients(3)
    killed(clinic, CLAIM, AFTER, *patients)
    assert send(clinic, *patients) == SliceReport(skipped=3)
    assert not clinic.stack.outbox.messages()
    assert clinic.statuses("p-1") == [], "its worker may still be at it"
    clinic.stack.clock.set(clinic.stack.now() + timedelta(minutes=15))
    assert clinic.statuses("p-1") == [{"text": "unknown"}]


def test_killed_at_the_provider_calls_nobody_is_alerted_twice(clinic: Clinic) -> None:
    patients = clinic.patients(12)
    worker = sender(clinic.stack)
    real = worker.courier.deliver

    def half_then_killed(messages, **how):  # type: ignore[no-untyped-def]  # as Courier.deliver
        real(messages[:6], **how)
        raise Killed

    worker.courier.deliver = half_then_killed  # type: ignore[method-assign]  # the kill itself
    with pytest.raises(Killed):
        worker.send(clinic.slice(*patients), seconds_left=60)
    assert send(clinic, *patients) == SliceReport(skipped=12)
    assert sorted(clinic.delivered(patient) for patient in patients) == [0] * 6 + [1] * 6
    clinic.stack.clock.set(clinic.stack.now() + timedelta(minutes=15))
    assert all(clinic.statuses(patient) == [{"text": "unknown"}] for patient in patients)


@pytest.mark.parametrize("after", [BEFORE, AFTER], ids=["before", "after"])
def test_killed_at_the_record_nobody_is_alerted_twice(clinic: Clinic, after: bool) -> None:
    patients = clinic.patients(3)
    killed(clinic, RECORD, after, *patients)
    assert send(clinic, *patients) == SliceReport(skipped=3)
    assert [clinic.delivered(patient) for patient in patients] == [1, 1, 1]
    clinic.stack.clock.set(clinic.stack.now() + timedelta(minutes=15))
    recorded = "accepted" if after else "unknown"
    assert clinic.statuses("p-1") == [{"text": recorded}]


def test_what_a_killed_worker_never_recorded_is_settled_by_the_next_claim(clinic: Clinic) -> None:
    """By then the account has forgotten the claim: the history must not."""
    clinic.patients(1)
    killed(clinic, CLAIM, AFTER, "p-1")
    clinic.stack.clock.set(at(15))
    assert send(clinic, "p-1").sent == 1
    assert clinic.statuses("p-1") == [{"text": "accepted"}, {"text": "unknown"}]
    assert [alert.sent_on for alert in clinic.history("p-1")] == [at(15).date(), at(1).date()]


def test_what_two_killed_workers_never_recorded_is_in_the_history(clinic: Clinic) -> None:
    """The second one's claim takes the place of the first one's on the account."""
    clinic.patients(1)
    killed(clinic, CLAIM, AFTER, "p-1")
    clinic.stack.clock.set(at(15))
    killed(clinic, CLAIM, AFTER, "p-1")
    clinic.stack.clock.set(clinic.stack.now() + timedelta(minutes=15))
    assert clinic.statuses("p-1") == [{"text": "unknown"}, {"text": "unknown"}]
    assert [alert.sent_on for alert in clinic.history("p-1")] == [at(15).date(), at(1).date()]


@contextmanager
def claims_answered(answer: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Let something happen to the answer to claims that took effect."""
    events = table.client().meta.events

    def change(parsed: dict[str, Any], **_: Any) -> None:
        answer(parsed)

    events.register("after-call.dynamodb.BatchExecuteStatement", change)
    try:
        yield
    finally:
        events.unregister("after-call.dynamodb.BatchExecuteStatement", change)


def lost(_: dict[str, Any]) -> None:
    raise ReadTimeoutError(endpoint_url="https://dynamodb")


def internal_errors(parsed: dict[str, Any]) -> None:
    parsed["Responses"] = [{"Error": {"Code": "InternalServerError"}}] * len(parsed["Responses"])


@pytest.mark.parametrize("answer", [lost, internal_errors])
def test_a_claim_whose_answer_was_lost_is_recognised_and_sent(
    clinic: Clinic, answer: Callable[[dict[str, Any]], None]
) -> None:
    patients = clinic.patients(3)
    with claims_answered(answer):
        report = send(clinic, *patients)
    assert report == SliceReport(sent=3)
    assert [clinic.delivered(patient) for patient in patients] == [1, 1, 1]
