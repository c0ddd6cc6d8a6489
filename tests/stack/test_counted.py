"""The plans of docs/cost.md and docs/scale.md stand on what the system does: counted here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest

from balance_alerts.alerts.scan import Scan
from balance_alerts.channels.email_events import email_event
from balance_alerts.channels.text_records import text_record
from balance_alerts.gateway.transport import Transport
from balance_alerts.imports.load import Loader, Takers
from balance_alerts.imports.take_claims import ClaimTaker
from balance_alerts.imports.take_entries import EntryTaker
from balance_alerts.imports.take_patients import PatientTaker
from balance_alerts.portal.activity import activity_of
from balance_alerts.portal.balance import balance_of
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store import table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.entries import cases_of
from balance_alerts.store.import_files import ImportFiles
from balance_alerts.store.imports import ImportKind, Imports
from balance_alerts.store.parked import ParkedItems
from balance_alerts.store.registration import Registration
from balance_alerts.store.table import Record
from infra.local import provider_reports
from infra.local.provider_reports import ReportType, Sent
from infra.planning import counted
from infra.planning.counted import (
    DUE_ENTRY_BYTES,
    GATEWAY_CALLS,
    LINES,
    STORED_BYTES,
    WORK,
    Work,
)
from tests.component.imports.worker import entries, patients
from tests.stack.due import Clinic
from tests.stack.metering import Metered, item_bytes, metered
from tests.stack.paying import Till
from tests.stack.portal_client import BORN, link_to
from tests.stack.reconciling import BackOffice
from tests.stack.test_scan import KeptSlices, copies
from tests.stack.workers import sender

PLENTY = 900.0


def assert_counted(name: str, meter: Metered) -> None:
    found = Work(dict(meter.calls), meter.read_units, meter.write_units)
    assert found == WORK[name], name


def about(bytes_planned: int) -> object:
    """Ids and counts are not always equally long."""
    return pytest.approx(bytes_planned, rel=0.04)


@pytest.mark.parametrize(
    ("name", "number", "channels"),
    [
        ("slice of 25 by text", 25, {"text": True}),
        ("slice of 25 by email", 25, {"text": False, "email": True}),
        ("slice of 25 by both", 25, {"text": True, "email": True}),
        ("slice of one by text", 1, {"text": True}),
    ],
)
def test_what_a_slice_takes(
    clinic: Clinic, name: str, number: int, channels: dict[str, bool]
) -> None:
    queued = clinic.slice(*clinic.patients(number, **channels))
    worker = sender(clinic.stack)
    with metered() as meter:
        assert worker.send(queued, seconds_left=60).sent == number
    assert_counted(name, meter)
    if name == "slice of 25 by text":
        with metered() as meter:
            assert worker.send(queued, seconds_left=60).sent == 0
        assert_counted("slice that was sent before", meter)


def test_what_a_scan_takes(clinic: Clinic) -> None:
    wiring = clinic.stack.wiring
    scan = Scan(
        practices=wiring.practices,
        accounts=wiring.accounts,
        queue=KeptSlices(),
        hand_over=lambda _: None,
        clock=clinic.stack.now,
    )
    with metered() as meter:
        assert scan.run(lambda: PLENTY).practices == 1
    assert_counted("scan of one practice, nobody due", meter)
    assert meter.index_bytes["sending_practices"] == about(counted.PRACTICE_ENTRY_BYTES)
    clinic.patients(1)
    with AccountRecord.batch_write() as batch:
        for account in copies(clinic.account("p-1"), 1_000):
            batch.save(account)
    with metered() as meter:
        assert scan.run(lambda: PLENTY).due == 1_001
    assert meter.index_bytes["due_accounts"] / 1_001 == about(DUE_ENTRY_BYTES)


def test_what_a_report_takes(clinic: Clinic) -> None:
    clinic.patient("p-1", email=True)
    stack = clinic.stack
    assert stack.scan().sent == 1
    sent = {message.channel: Sent.of(message) for message in stack.outbox.messages()}
    desk, now = stack.wiring.report_desk, stack.now()
    told = provider_reports.text_record(sent["text"], ReportType.DELIVERED, now)
    with metered() as meter:
        assert desk.take_text(text_record(json.loads(told)))
    assert_counted("report on a text", meter)
    told = provider_reports.email_event(sent["email"], ReportType.DELIVERED, now, "a@example.org")
    event = email_event(json.loads(told))
    assert event is not None
    with metered() as meter:
        assert desk.take_email(event)
    assert_counted("report on an email", meter)


def test_what_a_patient_takes(till: Till) -> None:
    till.clinic.patient("p-1", email=True)
    wiring, link = till.clinic.stack.wiring, link_to(till.clinic, "p-1")
    with metered() as meter:
        session = wiring.sign_in.sign_in(link, BORN).session
    assert_counted("sign in", meter)
    with metered() as meter:
        visit, cases = wiring.sessions.visit_with(session, cases_of)
        balance_of(visit, cases, attempts=Attempts(), card_form_script="")
    assert_counted("balance", meter)
    with metered() as meter:
        activity_of(wiring.sessions.visit(session))
    assert_counted("activity", meter)
    asked, checkout = till.asked(), till.checkout
    with metered() as meter:
        checkout.pay(till.clinic.practice, "p-1", asked)
    assert_counted("payment", meter)


def test_what_reconciliation_takes(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    office = BackOffice(till)
    office.run()
    with metered() as meter:
        office.run(everything=False)
    assert_counted("reconciliation of one practice, nothing open", meter)
    till.clinic.patient("p-1")
    office.paid("p-1", settled=True)
    office.pass_time(days=1)
    post, asked = Transport.post, Counter[str]()

    def count(transport: Transport, body: bytes) -> bytes:
        asked[next(iter(json.loads(body)))] += 1
        return post(transport, body)

    monkeypatch.setattr(Transport, "post", count)
    with metered() as meter:
        assert office.run().settled == 1
    assert_counted("nightly sweep with one payment", meter)
    assert asked == GATEWAY_CALLS


@pytest.fixture
def take_in(clinic: Clinic) -> Callable[[ImportKind, bytes], int]:
    """Take a file in as the deployed function does; how many lines it added."""
    wiring = clinic.stack.wiring
    # A bucket that the stack's own worker is not told of.
    s3, bucket = clinic.stack.client("s3"), "counted"
    s3.create_bucket(Bucket=bucket)
    parked = ParkedItems()
    loader = Loader(
        practices=wiring.practices,
        imports=Imports(),
        files=ImportFiles(s3, bucket),
        takers=Takers(
            patients=PatientTaker(Registration(wiring.practices), wiring.now),
            entries=EntryTaker(wiring.ledger, parked, wiring.now),
            claims=ClaimTaker(wiring.claim_ledger, parked, wiring.now),
        ),
        go_on_later=lambda _: None,
        look_again=lambda _: None,
        clock=wiring.now,
    )
    numbers = iter(range(9))

    def load(kind: ImportKind, content: bytes) -> int:
        job = ImportJob(clinic.practice.practice_id, f"import-{next(numbers)}", kind)
        s3.put_object(Bucket=bucket, Key=job.key, Body=content)
        loader.load(job, lambda: 120.0)
        return Imports().get(job.practice_id, job.import_id).counts.added

    return load


def test_what_an_import_takes(take_in: Callable[[ImportKind, bytes], int]) -> None:
    agreed = {"text": "yes", "consent_source": "form", "consent_at": "2026-03-01T10:00:00-05:00"}
    people = patients(
        *({"patient_id": f"p-{n}", "mobile": f"+1202557{n:04}"} | agreed for n in range(LINES))
    )
    charges = entries(*({"entry_id": f"e-{n}", "patient_id": f"p-{n}"} for n in range(LINES)))
    with metered() as meter:
        assert take_in(ImportKind.PATIENTS, people) == LINES
    assert_counted("import of 100 patients", meter)
    with metered() as meter:
        assert take_in(ImportKind.ENTRIES, charges) == LINES
    assert_counted("import of 100 entries", meter)
    with metered() as meter:
        assert take_in(ImportKind.ENTRIES, charges) == 0
    assert_counted("import of 100 entries again", meter)


def test_what_is_kept(clinic: Clinic) -> None:
    """Of an account with a charge, of one without, and of an alert by text that was reported on."""
    before = stored()
    clinic.patients(10, owes=0, email=True)
    registered = stored()
    assert (registered - before) / 10 == about(STORED_BYTES["account without a charge"])
    for number in range(10):
        clinic.patient(f"owes-{number}", email=True)
    charged = stored()
    assert (charged - registered) / 10 == about(STORED_BYTES["account with a charge"])
    clinic.stack.scan()
    for number in range(10):
        to = clinic.account(f"owes-{number}").mobile
        message = next(each for each in clinic.stack.outbox.messages() if each.to == to)
        clinic.stack.delivery.report_text(
            Sent.of(message), ReportType.DELIVERED, clinic.stack.now()
        )
    alerted = stored()
    assert (alerted - charged) / 10 == about(STORED_BYTES["alert by text and email"])


def stored() -> int:
    """Bytes billed for everything in the table: 100 more for each item, and each index entry."""
    pages = table.client().get_paginator("scan").paginate(TableName=Record.Meta.table_name)
    items = [item for page in pages for item in page["Items"]]
    indexed = sum("due_practice" in item for item in items)
    return sum(map(item_bytes, items)) + 100 * len(items) + indexed * (DUE_ENTRY_BYTES + 100)
