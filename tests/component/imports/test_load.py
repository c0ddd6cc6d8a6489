from __future__ import annotations

import pytest
from pynamodb.expressions.update import Action

from balance_alerts.imports import chunks
from balance_alerts.imports.run import Stopped
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.imports import ImportKind, ImportRecord, Imports, ImportState
from balance_alerts.store.ledger import Ledger
from tests.component.imports.worker import PRACTICE, Worker, counts, entries, patients

PATIENTS, ENTRIES = ImportKind.PATIENTS, ImportKind.ENTRIES


@pytest.fixture
def ana(worker: Worker) -> None:
    worker.take_in(PATIENTS, patients({"patient_id": "p-1"}))


def test_patients_are_taken_in_and_the_same_file_again_changes_nothing(
    worker: Worker, accounts: Accounts
) -> None:
    consent = {"consent_source": "form", "consent_at": "2026-03-01"}
    data = patients(
        {"patient_id": "p-1", "mobile": "617-555-0101", "text": "yes"} | consent,
        {"patient_id": "p-2", "mobile": "617-555-0101", "email": "x@example.org"},
    )
    assert counts(worker.take_in(PATIENTS, data)) == {"added": 2}
    assert counts(worker.take_in(PATIENTS, data)) == {"unchanged": 2}
    account = accounts.get(PRACTICE, "p-1")
    assert (account.mobile, account.text_subscribed) == ("+16175550101", True)


def test_good_lines_go_in_and_bad_ones_are_refused_with_number_and_reason(
    worker: Worker, ana: None, accounts: Accounts
) -> None:
    data = entries(
        {"entry_id": "e-1"},
        {"entry_id": "e-2", "amount": "1000000.00"},
        {"entry_id": "e-3", "patient_id": "nobody"},
        {"entry_id": "e-4", "kind": "payment", "amount": "-5"},
        {"entry_id": "e-1", "amount": "51.00"},
        {"entry_id": "e-5", "kind": "payment", "amount": "20"},
    )
    record = worker.take_in(ENTRIES, data)
    assert counts(record) == {"added": 2, "refused": 4}
    assert (record.state, record.lines_read, record.total_lines) == (ImportState.DONE, 6, 6)
    assert [(r.line, r.code) for r in Imports().refused(PRACTICE, record.import_id)] == [
        (3, "amount_too_large"),
        (4, "unknown_patient"),
        (5, "amount_not_positive"),
        (6, "entry_conflict"),
    ]
    assert accounts.get(PRACTICE, "p-1").balance_cents == 30_00
    assert counts(worker.take_in(ENTRIES, data)) == {"unchanged": 2, "refused": 4}
    assert accounts.get(PRACTICE, "p-1").balance_cents == 30_00


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        pytest.param(ENTRIES, entries({"entry_id": "e"}).split(b"\n")[1], "no_header", id="header"),
        pytest.param(
            ENTRIES, entries(*[{"entry_id": f"e-{n}"} for n in range(9)]) + b"\xe9", "not_utf8",
            id="latin-1",
        ),
        pytest.param(ImportKind.REMITTANCE, b"ISA*00*  ", "truncated", id="835"),
        pytest.param(ENTRIES, b"", "empty", id="empty"),
    ],
)  # fmt: skip
def test_a_file_unreadable_as_a_whole_changes_nothing(
    worker: Worker, ana: None, accounts: Accounts, kind: ImportKind, data: bytes, code: str
) -> None:
    record = worker.take_in(kind, data)
    assert (record.state, record.error_code) == (ImportState.FAILED, code)
    assert counts(record) == {}
    assert accounts.get(PRACTICE, "p-1").balance_cents == 0


def test_a_file_of_an_unknown_practice_fails_with_a_reason(worker: Worker) -> None:
    from balance_alerts.queues.import_queue import ImportJob

    job = ImportJob("nowhere", "import-1", ENTRIES)
    assert worker.run(job) is Stopped.FAILED
    assert Imports().get("nowhere", "import-1").error_code == "unknown_practice"


def test_a_file_that_is_gone_fails_with_a_reason(worker: Worker) -> None:
    job = worker.upload(ENTRIES, entries({"entry_id": "e-1"}))
    worker.s3.delete_object(Bucket="imports", Key=job.key)
    assert worker.run(job) is Stopped.FAILED
    assert Imports().get(PRACTICE, job.import_id).error_code == "file_gone"


def test_without_time_left_the_rest_is_queued_and_goes_on_where_it_stopped(
    worker: Worker, ana: None, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ENTRIES_A_CHUNK", 2)
    job = worker.upload(ENTRIES, entries(*({"entry_id": f"e-{n}"} for n in range(5))))
    runs = 0
    assert worker.run(job, lambda: 19.9) is Stopped.OUT_OF_TIME
    while worker.left:
        worker.run(worker.left.pop(), lambda: 19.9)
        runs += 1
    record = Imports().get(PRACTICE, job.import_id)
    assert runs == 3
    assert (record.state, record.lines_read, counts(record)) == ("done", 5, {"added": 5})
    assert record.offset == record.total_bytes
    assert accounts.get(PRACTICE, "p-1").balance_cents == 250_00


class Killed(BaseException):
    """The worker's process ends here."""


PEOPLE = [
    {"patient_id": "p-2"},
    {"patient_id": "p-1"},
    {"patient_id": "p-3"},
    {"patient_id": "p-1", "language": "es"},
    {"patient_id": "p-4"},
]


@pytest.mark.parametrize("kind", [PATIENTS, ENTRIES])
def test_a_worker_killed_before_its_checkpoint_is_followed_without_a_trace(
    worker: Worker, ana: None, kind: ImportKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "PATIENTS_A_CHUNK", 2)
    monkeypatch.setattr(chunks, "ENTRIES_A_CHUNK", 2)
    rows = [{"entry_id": f"e-{n}", "patient_id": "p-1"} for n in range(5)]
    data = entries(*rows) if kind is ENTRIES else patients(*PEOPLE)
    job = worker.upload(kind, data)
    checkpoint, done = Imports.checkpoint, []

    def kill_at_the_second(*args: object) -> bool:
        done.append(args)
        if len(done) == 2:
            raise Killed
        return checkpoint(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(Imports, "checkpoint", kill_at_the_second)
    with pytest.raises(Killed):
        worker.run(job)
    assert worker.run(job) is Stopped.FINISHED
    record = Imports().get(PRACTICE, job.import_id)
    assert record.lines_read == 5
    told = {"added": 3, "changed": 1, "unchanged": 1}
    assert counts(record) == ({"added": 5} if kind is ENTRIES else told)


def test_of_two_workers_at_one_import_one_moves_it_on(
    worker: Worker, ana: None, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = worker.upload(ENTRIES, entries({"entry_id": "e-1"}))
    checkpoint, inner = Imports.checkpoint, []

    def another_comes_first(*args: object) -> bool:
        if not inner:
            inner.append(Stopped.FAILED)
            inner[0] = worker.run(job)
        return checkpoint(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(Imports, "checkpoint", another_comes_first)
    assert worker.run(job) is Stopped.OVERTAKEN
    assert inner == [Stopped.FINISHED]
    assert counts(Imports().get(PRACTICE, job.import_id)) == {"added": 1}
    assert accounts.get(PRACTICE, "p-1").balance_cents == 50_00


def test_an_import_whose_other_worker_is_killed_is_looked_at_again(
    worker: Worker, ana: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message may bring two workers; the slower one ends it, though the other may be killed."""
    job = worker.upload(ENTRIES, entries({"entry_id": "e-1"}))
    begin, finish = Imports.begin, Imports.finish

    def another_comes_first(*args: object, **named: object) -> bool:
        monkeypatch.setattr(Imports, "begin", begin)
        monkeypatch.setattr(Imports, "finish", killed)
        with pytest.raises(Killed):
            worker.run(job)
        monkeypatch.setattr(Imports, "finish", finish)
        return begin(*args, **named)  # type: ignore[arg-type]

    def killed(*_: object) -> bool:
        raise Killed

    monkeypatch.setattr(Imports, "begin", another_comes_first)
    assert worker.run(job) is Stopped.OVERTAKEN
    assert (worker.watched, worker.left) == ([job], [])
    assert worker.run(job) is Stopped.FINISHED
    assert counts(Imports().get(PRACTICE, job.import_id)) == {"added": 1}


def test_a_job_done_is_not_done_again(worker: Worker, ana: None, ledger: Ledger) -> None:
    job = worker.upload(ENTRIES, entries({"entry_id": "e-1"}))
    worker.run(job)
    before = Imports().get(PRACTICE, job.import_id).version
    assert worker.run(job) is Stopped.FINISHED
    assert Imports().get(PRACTICE, job.import_id).version == before


def test_a_checkpoint_whose_answer_was_lost_is_recognised(
    worker: Worker, ana: None, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK repeats such a write, and the version it was conditioned on is gone by then."""
    update = ImportRecord.update

    def twice(record: ImportRecord, actions: list[Action]) -> None:
        before = record.version
        update(record, actions)
        record.version = before
        update(record, actions)

    monkeypatch.setattr(chunks, "ENTRIES_A_CHUNK", 1)
    monkeypatch.setattr(ImportRecord, "update", twice)
    record = worker.take_in(ENTRIES, entries({"entry_id": "e-1"}, {"entry_id": "e-2"}))
    assert (record.state, counts(record)) == ("done", {"added": 2})
