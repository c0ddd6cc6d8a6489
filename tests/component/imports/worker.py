"""Uploads files and takes them in, as the deployed function does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from balance_alerts.imports.csv_header import COLUMNS, CsvKind
from balance_alerts.imports.load import Loader
from balance_alerts.imports.run import Stopped
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.imports import ImportKind, ImportRecord, Imports

PRACTICE = "harbor"


@dataclass
class Worker:
    """One import worker and its bucket.

    `left` are the jobs it queued for later, `watched` those that it found another worker at.
    """

    loader: Loader
    s3: Any
    left: list[ImportJob]
    watched: list[ImportJob]
    numbers: Iterable[int] = field(default_factory=itertools.count)

    def upload(self, kind: ImportKind, data: bytes, import_id: str | None = None) -> ImportJob:
        job = ImportJob(PRACTICE, import_id or f"import-{next(iter(self.numbers))}", kind)
        self.s3.put_object(Bucket="imports", Key=job.key, Body=data)
        return job

    def run(self, job: ImportJob, seconds_left: Callable[[], float] = lambda: 120.0) -> Stopped:
        return self.loader.load(job, seconds_left)

    def take_in(self, kind: ImportKind, data: bytes) -> ImportRecord:
        job = self.upload(kind, data)
        self.run(job)
        return Imports().get(PRACTICE, job.import_id)


def counts(record: ImportRecord) -> dict[str, int]:
    """What became of the lines, without the zeros."""
    return {name: number for name, number in asdict(record.counts).items() if number}


def csv_of(kind: CsvKind, *rows: dict[str, str]) -> bytes:
    """A CSV of rows without commas."""
    lines = [",".join(COLUMNS[kind])]
    lines += [",".join(row.get(name, "") for name in COLUMNS[kind]) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def patients(*rows: dict[str, str]) -> bytes:
    defaults = {"first_name": "Ana", "last_name": "Ibarra", "date_of_birth": "1980-02-29"}
    return csv_of(CsvKind.PATIENTS, *(defaults | row for row in rows))


def entries(*rows: dict[str, str]) -> bytes:
    defaults = {
        "patient_id": "p-1",
        "case_id": "knee",
        "kind": "responsibility",
        "amount": "50.00",
        "recorded_at": "2026-03-02T10:00:00-05:00",
    }
    return csv_of(CsvKind.ENTRIES, *(defaults | row for row in rows))
