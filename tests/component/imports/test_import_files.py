"""The bucket's answers: gone, replaced, forbidden, broken off."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError, ResponseStreamingError

from balance_alerts.imports import chunks, load
from balance_alerts.imports.run import Stopped
from balance_alerts.store.import_files import READ_TRIES, FileGoneError, ImportFiles
from balance_alerts.store.imports import ImportKind, Imports
from tests.component.imports.worker import PRACTICE, Worker, entries, patients


class Bucket:
    """A bucket of one file whose answers break off, or that answers with an error."""

    def __init__(self, *, broken_answers: int = 0, code: str | None = None) -> None:
        self.broken_answers = broken_answers
        self.code = code

    def head_object(self, **_: str) -> dict[str, Any]:
        if self.code is not None:
            raise ClientError({"Error": {"Code": self.code}}, "HeadObject")
        return {"ContentLength": 4, "ETag": '"1"'}

    def get_object(self, **_: str) -> dict[str, Any]:
        self.broken_answers -= 1
        return {"Body": self if self.broken_answers >= 0 else io.BytesIO(b"file")}

    def read(self) -> bytes:
        raise ResponseStreamingError(error="connection lost")


def opened(bucket: Any) -> bytes:
    return ImportFiles(bucket, "imports").find("key").open().read()


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    assert opened(Bucket(broken_answers=READ_TRIES - 1)) == b"file"
    with pytest.raises(ResponseStreamingError):
        opened(Bucket(broken_answers=READ_TRIES))


@pytest.mark.parametrize(
    ("code", "error"), [("404", FileGoneError), ("403", ClientError), ("503", ClientError)]
)
def test_only_a_file_that_is_not_there_is_gone(code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        opened(Bucket(code=code))


def test_a_file_replaced_half_way_is_not_gone_on_with(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ENTRIES_A_CHUNK", 1)
    worker.take_in(ImportKind.PATIENTS, patients({"patient_id": "p-1"}))
    job = worker.upload(ImportKind.ENTRIES, entries({"entry_id": "e-1"}, {"entry_id": "e-2"}))
    assert worker.run(job, lambda: 0.0) is Stopped.OUT_OF_TIME
    worker.upload(ImportKind.ENTRIES, entries({"entry_id": "x-1"}, {"entry_id": "x-2"}), "import-1")
    assert worker.run(job) is Stopped.FAILED
    assert Imports().get(PRACTICE, job.import_id).error_code == "file_gone"


@pytest.mark.parametrize(
    ("kind", "size", "said"),
    [(ImportKind.REMITTANCE, 3_000_001, "3 MB"), (ImportKind.ENTRIES, 4_000_001, "4 MB")],
)
def test_a_file_larger_than_a_worker_can_read_is_to_be_split(
    worker: Worker, kind: ImportKind, size: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "LARGEST_REMITTANCE", 3_000_000)
    monkeypatch.setattr(load, "LARGEST_FILE", 4_000_000)
    record = worker.take_in(kind, b"x" * size)
    assert record.error_code == "file_too_large"
    assert said in (record.error_message or "")
