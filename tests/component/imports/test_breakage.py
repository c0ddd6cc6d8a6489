"""What no rule foresaw costs the lines of one account, or the import is tried again."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import PutError

from balance_alerts.domain.errors import RuleError
from balance_alerts.imports import run
from balance_alerts.imports.run import Stopped
from balance_alerts.imports.take_entries import EntryTaker
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.failures import concerns_all
from balance_alerts.store.imports import ImportKind, Imports, ImportState
from balance_alerts.store.posting import AccountPosting
from balance_alerts.store.registration import Registration
from balance_alerts.store.table import Throttled
from tests.builders import at
from tests.component.imports.worker import PRACTICE, Worker, counts, entries, patients
from tests.unit.imports.remittances import claim_segments, remittance

FIVE = [f"p-{number}" for number in range(5)]


def breaking_for(monkeypatch: pytest.MonkeyPatch, owner: Any, patient_id: str) -> None:
    """Let something no rule foresaw happen to one patient."""
    name = {AccountPosting: "write", Registration: "register"}[owner]
    whole = getattr(owner, name)

    def broken(self: Any, *args: Any, **options: Any) -> Any:
        named = self._patient_id if owner is AccountPosting else args[1].patient_id
        if named == patient_id:
            raise OverflowError("p-2 owes 50.00")
        return whole(self, *args, **options)

    monkeypatch.setattr(owner, name, broken)


def refused(import_id: str) -> list[tuple[int, str]]:
    return [(line.line, line.code) for line in Imports().refused(PRACTICE, import_id)]


@pytest.fixture
def known(worker: Worker) -> None:
    worker.take_in(ImportKind.PATIENTS, patients(*({"patient_id": id_} for id_ in FIVE)))


def test_entries_of_the_other_accounts_go_in(
    worker: Worker,
    known: None,
    accounts: Accounts,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    data = entries(*({"entry_id": f"e-{id_}", "patient_id": id_} for id_ in FIVE))
    with monkeypatch.context() as patched:
        breaking_for(patched, AccountPosting, "p-2")
        record = worker.take_in(ImportKind.ENTRIES, data)
    assert (record.state, counts(record)) == ("done", {"added": 4, "refused": 1})
    assert refused(record.import_id) == [(4, "not_taken_in")]
    assert worker.loader.broken_lines == 1
    assert "50.00" not in caplog.text
    assert counts(worker.take_in(ImportKind.ENTRIES, data)) == {"added": 1, "unchanged": 4}
    assert [accounts.get(PRACTICE, id_).balance_cents for id_ in FIVE] == [50_00] * 5


def test_the_other_patients_are_registered(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking_for(monkeypatch, Registration, "p-2")
    record = worker.take_in(ImportKind.PATIENTS, patients(*({"patient_id": id_} for id_ in FIVE)))
    assert counts(record) == {"added": 4, "refused": 1}
    assert refused(record.import_id) == [(4, "not_taken_in")]


def test_claims_of_the_other_accounts_go_in(
    worker: Worker, known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking_for(monkeypatch, AccountPosting, "p-2")
    claims = [claim_segments(id_, clp05="5") for id_ in FIVE]
    record = worker.take_in(ImportKind.REMITTANCE, remittance(*claims, recorded="20260302"))
    assert counts(record) == {"added": 4, "refused": 1}
    assert [code for _, code in refused(record.import_id)] == ["not_taken_in"]


def client_error(code: str, *reasons: str) -> ClientError:
    answer: Any = {"Error": {"Code": code}}
    if reasons:
        answer["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(answer, "Call")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(Throttled(), True, id="throttled"),
        pytest.param(EndpointConnectionError(endpoint_url="x"), True, id="no-connection"),
        pytest.param(client_error("AccessDeniedException"), True, id="no-rights"),
        pytest.param(PutError("", client_error("ThrottlingException")), True, id="wrapped"),
        pytest.param(
            client_error("TransactionCanceledException", "None", "ThrottlingError"),
            True,
            id="throttled-transaction",
        ),
        pytest.param(
            client_error("TransactionCanceledException", "None", "ValidationError"),
            False,
            id="invalid-transaction",
        ),
        pytest.param(client_error("ValidationException"), False, id="too-large"),
        pytest.param(KeyError("date"), False, id="our-own"),
    ],
)
def test_only_what_would_break_everywhere_stops_an_import(error: Exception, expected: bool) -> None:
    assert concerns_all(error) is expected


def test_an_import_that_was_given_up_goes_on_where_its_message_comes_again(
    worker: Worker, known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator sends it again from where dead letters go, or another worker was at it."""
    job = worker.upload(ImportKind.ENTRIES, entries({"entry_id": "e-1", "patient_id": "p-1"}))

    def unreachable(*args: object) -> None:
        raise EndpointConnectionError(endpoint_url="x")

    with monkeypatch.context() as broken:
        broken.setattr(EntryTaker, "take", unreachable)
        with pytest.raises(EndpointConnectionError):
            worker.run(job)
        assert Imports().get(PRACTICE, job.import_id).state == ImportState.RUNNING
        worker.loader.give_up(job)
        record = Imports().get(PRACTICE, job.import_id)
        assert (record.state, record.error_code) == (ImportState.FAILED, "import_broke")
        with pytest.raises(EndpointConnectionError):
            worker.run(job)
        worker.loader.give_up(job)

    assert worker.run(job) is Stopped.FINISHED
    record = Imports().get(PRACTICE, job.import_id)
    assert (record.state, counts(record)) == (ImportState.DONE, {"added": 1})
    assert (record.error_code, record.error_message) == (None, None)


def test_an_import_that_was_given_up_before_it_began_begins(worker: Worker, known: None) -> None:
    job = worker.upload(ImportKind.ENTRIES, entries({"entry_id": "e-1", "patient_id": "p-1"}))
    Imports().receive(PRACTICE, job.import_id, kind=ImportKind.ENTRIES, total_bytes=0, now=at(0))
    worker.loader.give_up(job)

    worker.run(job)

    record = Imports().get(PRACTICE, job.import_id)
    assert (record.state, counts(record)) == (ImportState.DONE, {"added": 1})


def test_a_file_of_nothing_but_bad_lines_is_stopped(
    worker: Worker, known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MOST_REFUSED", 3)
    monkeypatch.setattr("balance_alerts.imports.chunks.ENTRIES_A_CHUNK", 2)
    bad = [{"entry_id": f"e-{number}", "patient_id": "nobody"} for number in range(9)]
    record = worker.take_in(ImportKind.ENTRIES, entries(*bad))
    assert (record.state, record.error_code) == (ImportState.FAILED, "too_many_refused")
    assert (record.lines_read, counts(record)) == (4, {"refused": 4})


def test_a_line_refused_before_a_kill_and_taken_in_after_it_is_not_listed(
    worker: Worker, known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The worker's process ends here."""

    def kill(*args: object) -> bool:
        raise Killed

    job = worker.upload(
        ImportKind.ENTRIES,
        entries({"entry_id": "e-1", "patient_id": "late"}, {"entry_id": "e-2", "patient_id": "no"}),
    )
    with monkeypatch.context() as patched:
        patched.setattr(Imports, "checkpoint", kill)
        with pytest.raises(Killed):
            worker.run(job)
    assert len(refused(job.import_id)) == 2
    worker.take_in(ImportKind.PATIENTS, patients({"patient_id": "late"}))
    worker.run(job)
    assert counts(Imports().get(PRACTICE, job.import_id)) == {"added": 1, "refused": 1}
    assert refused(job.import_id) == [(3, "unknown_patient")]


def test_giving_up_an_import_nobody_entered_says_so(worker: Worker) -> None:
    job = worker.upload(ImportKind.ENTRIES, b"")
    with pytest.raises(RuleError, match="no import"):
        worker.loader.give_up(job)
