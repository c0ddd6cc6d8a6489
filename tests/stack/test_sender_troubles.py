"""What breaks for one account, or at one step, and must not cost the others their reminder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from balance_alerts.alerts.send import SliceReport
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.contact import Channel, ContactFact, Told
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from tests.builders import at
from tests.lagging import tell_only_the_contact
from tests.stack.due import Clinic
from tests.stack.workers import broken_at, sender


def send(clinic: Clinic, *patient_ids: str) -> SliceReport:
    return sender(clinic.stack).send(clinic.slice(*patient_ids), seconds_left=60)


def spoil(clinic: Clinic, patient_id: str, attribute: str, value: str) -> None:
    """Store what this release cannot read, as a newer one might."""
    account = clinic.account(patient_id)
    table.client().update_item(
        TableName=AccountRecord.Meta.table_name,
        Key={"pk": {"S": account.pk}, "sk": {"S": account.sk}},
        UpdateExpression="SET #attribute = :value",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues={":value": {"S": value}},
    )


@contextmanager
def refusing(operation: str, code: str) -> Iterator[None]:
    """Let the table refuse an operation outright, before it has any effect."""

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code}}, operation)

    events = table.client().meta.events
    events.register(f"before-call.dynamodb.{operation}", refuse)
    try:
        yield
    finally:
        events.unregister(f"before-call.dynamodb.{operation}", refuse)


@pytest.mark.parametrize("operation", ["BatchWriteItem", "BatchGetItem"])
def test_alerts_counted_for_the_day_are_given_back_where_a_call_beside_the_count_fails(
    clinic: Clinic, operation: str
) -> None:
    patients = clinic.patients(2)
    stack, practice = clinic.stack, clinic.practice
    calls = [2] if operation == "BatchGetItem" else [1]  # the contacts; the links
    error = ClientError({"Error": {"Code": "AccessDeniedException"}}, operation)
    with broken_at(operation, calls=calls, after=False, error=error), pytest.raises(ClientError):
        send(clinic, *patients)
    today = local_date(stack.now(), practice.time_zone)
    assert stack.wiring.practices.alerts_sent(practice.practice_id, today) == 0
    assert send(clinic, *patients).sent == 2
    assert stack.wiring.practices.alerts_sent(practice.practice_id, today) == 2


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_claims_that_are_refused_are_trouble_not_a_lost_race(clinic: Clinic, code: str) -> None:
    patients = clinic.patients(3)
    with refusing("BatchExecuteStatement", code):
        assert send(clinic, *patients) == SliceReport(skipped=3, troubles=3)
    assert not clinic.stack.outbox.messages()
    assert clinic.stack.wiring.practices.alerts_sent(clinic.practice.practice_id, at(1).date()) == 0
    assert send(clinic, *patients).sent == 3


def test_single_claims_that_are_refused_are_trouble_and_the_others_are_sent(
    clinic: Clinic,
) -> None:
    patients = clinic.patients(3)

    def answer(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Responses"][0] = {"Error": {"Code": "ThrottlingError"}}

    def never_applied(params: dict[str, Any], **_: Any) -> None:
        body = json.loads(params["body"])
        body["Statements"][0]["Parameters"][-1] = {"N": "-1"}
        params["body"] = json.dumps(body).encode()

    events = table.client().meta.events
    events.register("before-call.dynamodb.BatchExecuteStatement", never_applied)
    events.register("after-call.dynamodb.BatchExecuteStatement", answer)
    try:
        assert send(clinic, *patients) == SliceReport(sent=2, skipped=1, troubles=1)
    finally:
        events.unregister("before-call.dynamodb.BatchExecuteStatement", never_applied)
        events.unregister("after-call.dynamodb.BatchExecuteStatement", answer)
    assert send(clinic, *patients) == SliceReport(sent=1, skipped=2)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("time_zone", "Mars/Olympus"), ("holds", '{"new": null}')],
)
def test_an_account_that_cannot_be_read_costs_the_others_nothing(
    clinic: Clinic, attribute: str, value: str
) -> None:
    patients = clinic.patients(3)
    spoil(clinic, "p-2", attribute, value)
    report = send(clinic, *patients)
    assert (report.sent, report.skipped) == (2, 1)
    assert report.troubles >= 1
    assert clinic.stack.scan().queued == 0


def test_what_fails_in_the_writing_fails_before_the_claim(clinic: Clinic) -> None:
    """An alert that cannot be written leaves its account due, not silently alerted."""
    clinic.patients(2)
    worker = sender(clinic.stack)
    write = worker.writer.draft

    def cannot_write_to_p1(account: Any, *rest: Any) -> Any:
        if account.patient_id == "p-1":
            raise UnicodeError("no words for it")
        return write(account, *rest)

    broken = replace(worker, writer=SimpleNamespace(draft=cannot_write_to_p1))  # type: ignore[arg-type]  # the fault
    report = broken.send(clinic.slice("p-1", "p-2"), seconds_left=60)
    assert report == SliceReport(sent=1, skipped=1, troubles=1)
    assert clinic.account("p-1").claim_id is None


def test_one_claim_that_cannot_be_released_costs_the_others_nothing(clinic: Clinic) -> None:
    """p-1 is texted, p-2 and p-3 are not; releasing the first of them fails."""
    clinic.patients(3)
    for patient_id in ("p-2", "p-3"):
        number = clinic.account(patient_id).mobile
        clinic.stack.outbox.set_fault("text", "rejected", to=number)
    worker = sender(clinic.stack)
    release = worker.recorder.claims.release
    failing = iter([True])

    def release_or_fail(claim: Any) -> None:
        if next(failing, False):
            raise ClientError({"Error": {"Code": "Throttled"}}, "UpdateItem")
        release(claim)

    worker.recorder.claims.release = release_or_fail  # type: ignore[method-assign]  # the fault
    report = worker.send(clinic.slice("p-1", "p-2", "p-3"), seconds_left=60)
    assert report == SliceReport(sent=1, failed=2, troubles=1)
    assert clinic.statuses("p-1") == [{"text": "accepted"}]
    assert clinic.account("p-2").claim_id is not None
    assert clinic.account("p-3").claim_id is None
    states = [clinic.account(patient_id).mobile_state for patient_id in ("p-2", "p-3")]
    assert states == ["invalid", "invalid"]


def test_an_account_that_lags_behind_its_contact_catches_up(clinic: Clinic) -> None:
    """Very many share the contact, and whoever told of it was killed half way."""
    clinic.patients(1)
    number = str(clinic.account("p-1").mobile)
    tell_only_the_contact(keys.mobile(number), ContactFact.OPTED_OUT, Told(at(1), "STOP"))
    assert clinic.account("p-1").mobile_state == "reachable"
    assert send(clinic, "p-1") == SliceReport(skipped=1)
    account = clinic.account("p-1")
    assert (account.mobile_state, account.due_practice) == ("opted_out", None)


@pytest.mark.parametrize(("wall_time", "sent"), [("19:59:45", 1), ("19:59:55", 0)])
def test_nothing_is_begun_that_could_go_out_after_the_window_closed(
    clinic: Clinic, wall_time: str, sent: int
) -> None:
    clinic.patients(1)
    clinic.stack.clock.set(at(1, wall_time))
    assert send(clinic, "p-1").sent == sent


def test_a_slice_with_trouble_is_delivered_again_and_ends_in_the_dead_letters(
    clinic: Clinic,
) -> None:
    stack = clinic.stack
    clinic.patients(2)
    spoil(clinic, "p-1", "holds", '{"new": null}')
    stack.set_visibility("AlertQueueUrl", 1)
    clinic.queue("p-1", "p-2")
    dead = stack.client("sqs").receive_message(
        QueueUrl=stack.outputs["AlertDeadLetterQueueUrl"], WaitTimeSeconds=5
    )
    [message] = dead["Messages"]
    assert message["Body"] == clinic.slice("p-1", "p-2").to_body()
    assert clinic.delivered("p-2") == 1
    assert clinic.account("p-2").subscribed(Channel.TEXT)


def test_what_the_table_would_not_hand_out_at_once_is_asked_for_again(clinic: Clinic) -> None:
    """The emulator never leaves keys unprocessed, AWS does."""
    patients = clinic.patients(4)
    calls = []

    def hold_back(params: dict[str, Any], **_: Any) -> None:
        calls.append(params)

    def unprocessed(parsed: dict[str, Any], **_: Any) -> None:
        name = AccountRecord.Meta.table_name
        if len(calls) == 1:
            kept, left = parsed["Responses"][name][:2], parsed["Responses"][name][2:]
            parsed["Responses"][name] = kept
            rest = [{"pk": item["pk"], "sk": item["sk"]} for item in left]
            parsed["UnprocessedKeys"] = {name: {"Keys": rest, "ConsistentRead": True}}

    events = table.client().meta.events
    events.register("before-call.dynamodb.BatchGetItem", hold_back)
    events.register("after-call.dynamodb.BatchGetItem", unprocessed)
    try:
        assert send(clinic, *patients).sent == 4
    finally:
        events.unregister("before-call.dynamodb.BatchGetItem", hold_back)
        events.unregister("after-call.dynamodb.BatchGetItem", unprocessed)
    assert len(calls) == 3
