"""The whole main job with the emulator's IAM enforced: the template's policies suffice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from balance_alerts.alerts.scan import PRACTICES_A_WORKER
from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.permissions import Level
from balance_alerts.queues.alert_queue import AlertQueue, ReceiptWanted
from balance_alerts.store import keys, owed_receipts
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.channel_stops import lift_stop
from infra.local.importing import ImportKind
from infra.local.provider_reports import ReportType, Sent
from infra.local.stack import LocalStack
from tests.builders import at
from tests.stack.due import Clinic, clinics
from tests.stack.portal_client import browser_of
from tests.stack.staff_client import staff
from tests.stack.test_seventy_days import entries_csv, patients_csv


@pytest.fixture(scope="module")
def guarded() -> Iterator[LocalStack]:
    with LocalStack(auth=True) as running:
        running.clock.set(at(1))
        yield running


@pytest.fixture
def clinic(guarded: LocalStack) -> Clinic:
    guarded.outbox.clear()
    guarded.outbox.clear_faults()
    guarded.clock.set(at(1))
    return next(clinics(guarded))


def test_import_scan_and_send_need_nothing_that_the_template_does_not_grant(
    clinic: Clinic,
) -> None:
    stack, practice_id = clinic.stack, clinic.practice.practice_id
    patients = stack.import_content(practice_id, patients_csv(), ImportKind.PATIENTS)
    assert (patients.state, patients.counts.refused) == ("done", 0)
    content = entries_csv(0)
    assert content is not None
    entries = stack.import_content(practice_id, content, ImportKind.ENTRIES)
    assert (entries.state, entries.counts.refused) == ("done", 0)
    counts = stack.scan()
    assert (counts.sent, counts.failed) == (counts.queued, 0)
    assert {message.channel for message in stack.outbox.messages()} == {"text", "email"}


def test_releasing_a_claim_and_marking_a_contact_are_granted(clinic: Clinic) -> None:
    number = clinic.patient("p-1")
    clinic.stack.outbox.set_fault("text", "rejected", to=number)
    assert clinic.stack.scan().failed == 1
    assert clinic.account("p-1").mobile_state == "invalid"


def test_emailing_a_receipt_is_granted(clinic: Clinic) -> None:
    clinic.patient("p-1", owes=0)
    practice_id, now = clinic.practice.practice_id, clinic.stack.now()
    attempt = AttemptRecord(
        *keys.attempt(practice_id, "p-1", "ba1"),
        practice_id=practice_id,
        patient_id="p-1",
        attempt_id="ba1",
        amount_cents=5_000,
        state=AttemptState.APPROVED.value,
        begun_at=now,
        news_at=now,
    )
    attempt.save()
    owed_receipts.new(attempt, now).save()
    queue_url = clinic.stack.outputs["AlertQueueUrl"]
    AlertQueue(clinic.stack.client("sqs"), queue_url).put_one(
        ReceiptWanted(practice_id, "p-1", "ba1")
    )
    clinic.stack.wait_drained("AlertQueueUrl")
    assert len(clinic.stack.outbox.messages(channel="email")) == 1
    assert list(owed_receipts.all_owed()) == []


def test_dropping_closed_windows_is_granted(clinic: Clinic) -> None:
    clinic.patients(1)
    clinic.stack.clock.set(at(60))
    event = {"practice_ids": [clinic.practice.practice_id]}
    report = clinic.stack.invoke(clinic.stack.outputs["ScanFunctionName"], event)
    assert report["windows_closed"] == 1


def test_a_scan_may_hand_practices_over_to_itself(clinic: Clinic) -> None:
    """One worker takes the practices before it in the index; the last is handed over."""
    clinic.patients(1)
    practices = clinic.stack.wiring.practices
    for number in range(PRACTICES_A_WORKER):
        practice_id = f"a-{number:03}"
        crowd = replace(clinic.practice, practice_id=practice_id, code=f"a{number:05}")
        practices.create(crowd)
    assert clinic.stack.scan().sent == 1
    assert clinic.delivered("p-1") == 1


def test_looking_after_patients_is_granted_to_the_staff_function(clinic: Clinic) -> None:
    rosa = {"first_name": "Rosa", "last_name": "Vega", "date_of_birth": "1990-05-17"}
    owed = {
        "entry_id": "e-1",
        "kind": "responsibility",
        "amount_cents": 4_200,
        "case_id": "knee",
        "recorded_at": "2026-03-02T15:00:00Z",
    }
    with browser_of(clinic.stack) as browser:
        desk = staff(browser, clinic, Level.FRONT_DESK)
        steps = [
            ("PUT", "", {**rosa, "mobile": "202-555-0188", "member_ids": ["W1"]}, 201),
            ("PUT", "", {"last_name": "Lindqvist", "member_ids": None}, 200),
            ("PUT", "/balance-alerts", {"text": True}, 200),
            ("POST", "/entries", owed, 201),
            ("PUT", "/holds/dispute", {"until": "2026-03-20"}, 200),
            ("DELETE", "/holds/dispute", None, 204),
            ("POST", "/contacts/text/confirm", None, 200),
            ("POST", "/alerts", None, 201),
            ("POST", "/links", None, 201),
            ("DELETE", "/links", None, 204),
            ("GET", "", None, 200),
            ("GET", "/alerts", None, 200),
            ("GET", "/payments", None, 200),
        ]
        for method, path, body, status in steps:
            answer = desk.send(method, f"/patients/p-9{path}", body, {"Idempotency-Key": "k"})
            assert answer.status == status, (method, path, answer)
        found = desk.get("/patients?query=lind").json["patients"]
    assert [row["patient_id"] for row in found] == ["p-9"]
    assert clinic.delivered("p-9") == 1


def test_reports_replies_and_the_list_of_opt_outs_need_no_more_either(clinic: Clinic) -> None:
    stack = clinic.stack
    number = clinic.patient("p-1", email=True)
    assert stack.scan().sent == 1
    sent = {message.channel: Sent.of(message) for message in stack.outbox.messages()}
    stack.delivery.report_email(sent["email"], ReportType.BOUNCE, stack.now())
    stack.delivery.report_text(sent["text"], ReportType.NO_QUOTA, stack.now())
    stack.delivery.reply(number, "STOP", stack.now())
    account = clinic.account("p-1")
    assert (account.email_state, account.mobile_state) == ("bounced", "opted_out")
    stack.delivery.reply(number, "START", stack.now())
    assert clinic.account("p-1").mobile_state == "reachable"
    assert lift_stop(Channel.TEXT, stack.now())
    stack.outbox.clear()
    stack.delivery.reply(number, "HELP", stack.now())
    stack.wait_drained("AlertQueueUrl")
    assert [message.to for message in stack.outbox.messages()] == [number]
    stack.network.stop(number)
    assert stack.invoke(stack.outputs["OptOutFunctionName"], {})["found"] == 1
    assert clinic.account("p-1").mobile_state == "opted_out"


def test_giving_back_an_alert_that_was_not_sent_is_granted(clinic: Clinic) -> None:
    stack = clinic.stack
    clinic.patient("p-1")
    assert stack.scan().sent == 1
    [sent] = stack.outbox.messages()
    stack.delivery.report_text(Sent.of(sent), ReportType.NO_QUOTA, stack.now())
    assert lift_stop(Channel.TEXT, stack.now())
    assert clinic.account("p-1").claim_id is None
    today = local_date(stack.now(), clinic.practice.time_zone)
    assert stack.wiring.practices.alerts_sent(clinic.practice.practice_id, today) == 0


def test_the_emulator_does_refuse_what_is_not_granted(clinic: Clinic) -> None:
    """Without this, the tests above could not fail. Last, since it breaks the sender."""
    clinic.patients(1)
    iam = clinic.stack.client("iam")
    [role] = [r["RoleName"] for r in iam.list_roles()["Roles"] if "SendAlert" in r["RoleName"]]
    iam.delete_role_policy(RoleName=role, PolicyName="send-alert")
    record = {
        "messageId": "m-1",
        "eventSource": "aws:sqs",
        "body": clinic.slice("p-1").to_body(),
        "attributes": {},
        "messageAttributes": {},
    }
    answer = clinic.stack.invoke(clinic.stack.outputs["SendFunctionName"], {"Records": [record]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    assert clinic.delivered("p-1") == 0
