"""Imports on the deployed worker: several at once, killed, out of time, resumed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from balance_alerts.imports import chunks
from balance_alerts.imports.load import Loader, Takers
from balance_alerts.imports.run import Stopped
from balance_alerts.imports.take_claims import ClaimTaker
from balance_alerts.imports.take_entries import EntryTaker
from balance_alerts.imports.take_patients import PatientTaker
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.entries import entries_of
from balance_alerts.store.import_files import ImportFiles
from balance_alerts.store.imports import ImportKind, ImportRecord, Imports
from balance_alerts.store.parked import ParkedItems
from balance_alerts.store.registration import Registration
from infra.local.stack import LocalStack
from tests.component.imports.worker import counts, entries, patients
from tests.stack.due import Clinic
from tests.unit.imports.remittances import claim_segments, remittance

WORKERS = 4


def loader_of(stack: LocalStack, left: list[ImportJob]) -> Loader:
    """A worker in this process."""
    wiring, parked = stack.wiring, ParkedItems()
    return Loader(
        practices=wiring.practices,
        imports=Imports(),
        files=ImportFiles(stack.client("s3"), stack.outputs["ImportBucketName"]),
        takers=Takers(
            patients=PatientTaker(Registration(wiring.practices), wiring.now),
            entries=EntryTaker(wiring.ledger, parked, wiring.now),
            claims=ClaimTaker(wiring.claim_ledger, parked, wiring.now),
        ),
        go_on_later=left.append,
        look_again=left.append,
        clock=wiring.now,
    )


def put_aside(clinic: Clinic, import_id: str, kind: ImportKind, data: bytes) -> ImportJob:
    """Upload a file that the deployed worker hears nothing of."""
    job = ImportJob(clinic.practice.practice_id, import_id, kind)
    stack = clinic.stack
    bucket = stack.outputs["ImportBucketName"]
    notifications = stack.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    notifications.pop("ResponseMetadata", None)
    stack.client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={}
    )
    try:
        stack.client("s3").put_object(Bucket=bucket, Key=job.key, Body=data)
    finally:
        stack.client("s3").put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration=notifications
        )
    return job


def at_once(clinic: Clinic, jobs: Sequence[ImportJob]) -> list[Stopped]:
    """A worker for each job, all starting together."""
    loader, start = loader_of(clinic.stack, []), Barrier(len(jobs))

    def work(job: ImportJob) -> Stopped:
        start.wait()
        return loader.load(job, lambda: 120.0)

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(work, jobs))


def imported(clinic: Clinic, job: ImportJob) -> ImportRecord:
    return Imports().get(clinic.practice.practice_id, job.import_id)


@pytest.fixture
def known(clinic: Clinic) -> Clinic:
    clinic.stack.import_content(
        clinic.practice.practice_id,
        patients(*({"patient_id": f"p-{n}"} for n in range(1, 11))),
        ImportKind.PATIENTS,
    )
    return clinic


def test_workers_at_one_import_take_each_line_in_once(
    known: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ENTRIES_A_CHUNK", 20)
    rows = [
        {"entry_id": f"e-{n}", "patient_id": f"p-{n % 10 + 1}", "amount": f"{n}.00"}
        for n in range(1, 101)
    ]
    job = put_aside(known, "import-1", ImportKind.ENTRIES, entries(*rows))
    assert Stopped.FINISHED in at_once(known, [job] * WORKERS)
    record = imported(known, job)
    assert (record.state, record.lines_read, counts(record)) == ("done", 100, {"added": 100})
    balances = [int(known.account(f"p-{n}").balance_cents) for n in range(1, 11)]
    assert sum(balances) == sum(range(1, 101)) * 100


def test_files_at_once_end_at_the_newest_level_of_each_claim(known: Clinic) -> None:
    levels = {"20260227": 80, "20260228": 30, "20260301": 120, "20260302": 50}
    jobs = [
        put_aside(
            known,
            f"import-{day}",
            ImportKind.REMITTANCE,
            remittance(
                *(claim_segments(f"p-{n}", clp05=f"{owed + n}") for n in range(1, 11)),
                recorded=day,
                control=day,
            ),
        )
        for day, owed in levels.items()
    ]
    assert at_once(known, jobs) == [Stopped.FINISHED] * len(jobs)
    for n in range(1, 11):
        posted = entries_of(known.practice.practice_id, f"p-{n}")
        newest = (50 + n) * 100
        assert sum(entry.signed_cents for entry in posted) == newest
        assert int(known.account(f"p-{n}").balance_cents) == newest


def test_a_worker_out_of_time_leaves_the_rest_to_the_deployed_one(
    known: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ENTRIES_A_CHUNK", 20)
    rows = [{"entry_id": f"e-{n}", "patient_id": f"p-{n % 10 + 1}"} for n in range(50)]
    job = put_aside(known, "import-1", ImportKind.ENTRIES, entries(*rows))
    left: list[ImportJob] = []
    assert loader_of(known.stack, left).load(job, lambda: 0.0) is Stopped.OUT_OF_TIME
    assert left == [job]
    assert imported(known, job).lines_read == 20
    known.stack.client("sqs").send_message(
        QueueUrl=known.stack.outputs["ImportQueueUrl"],
        MessageBody=json.dumps({"continue": job.key}),
    )
    known.stack.wait_drained("ImportQueueUrl")
    record = imported(known, job)
    assert (record.state, counts(record)) == ("done", {"added": 50})
    assert sum(int(known.account(f"p-{n}").balance_cents) for n in range(1, 11)) == 50 * 50_00


def test_what_is_no_upload_is_let_go(stack: LocalStack) -> None:
    """S3's test event, and objects that lie where no import does."""
    queue_url = stack.outputs["ImportQueueUrl"]
    bodies = [
        {"Service": "Amazon S3", "Event": "s3:TestEvent"},
        {"Records": [{"s3": {"object": {"key": "imports/somewhere/else"}}}]},
    ]
    for body in bodies:
        stack.client("sqs").send_message(QueueUrl=queue_url, MessageBody=json.dumps(body))
    stack.wait_drained("ImportQueueUrl")
