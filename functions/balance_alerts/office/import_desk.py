"""Staff hand in files, and see what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from balance_alerts.domain.calendar import Clock
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.import_files import UploadBucket
from balance_alerts.store.imports import (
    ImportKind,
    ImportRecord,
    Imports,
    ImportState,
    unknown_import,
)
from balance_alerts.store.refused_lines import RefusedLine

UPLOAD_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsView:
    """Lines by what became of them; claims, in an 835."""

    added: int
    changed: int
    unchanged: int
    parked: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """How far an import is. total_lines is null until the file was seen to be whole."""

    import_id: str
    kind: ImportKind
    state: ImportState
    received_at: datetime
    finished_at: datetime | None
    lines_read: int
    total_lines: int | None
    counts: CountsView
    error_code: str | None
    error_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLineView:
    """A line that was not taken in, and why."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWithLines(ImportView):
    """An import, and each line of it that was refused."""

    refused: list[RefusedLineView]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    """Where to PUT a file of any size, as it is, and by when."""

    import_id: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ImportDesk:
    """The imports of a practice."""

    imports: Imports
    bucket: UploadBucket
    clock: Clock

    def hand_in(self, practice_id: str, kind: ImportKind, content: bytes) -> str:
        """Take a file for the worker to read; returns the import's id."""
        job = self._entered(practice_id, kind, len(content))
        self.bucket.put(job.key, content)
        return job.import_id

    def expect_upload(self, practice_id: str, kind: ImportKind) -> UploadView:
        """Say where a file may be put, which is read once it is there."""
        job = self._entered(practice_id, kind, 0)
        url = self.bucket.upload_url(job.key, within=UPLOAD_WITHIN)
        return UploadView(import_id=job.import_id, url=url, expires_at=self.clock() + UPLOAD_WITHIN)

    def recent(self, practice_id: str) -> list[ImportView]:
        """The newest imports."""
        now = self.clock()
        recent = self.imports.recent(practice_id, 50)
        return [ImportView(**_told(record)) for record in recent if not record.expired(now)]

    def show(self, practice_id: str, import_id: str) -> ImportWithLines:
        """One import, as it stands.

        Raises:
            RuleError: `unknown_import`.
        """
        record = self._kept(practice_id, import_id)
        refused = [
            RefusedLineView(line=each.line, code=each.code, message=each.message)
            for each in self.imports.refused(practice_id, import_id)
        ]
        return ImportWithLines(**_told(record), refused=refused)

    def refused(self, practice_id: str, import_id: str) -> list[RefusedLine]:
        """The lines refused so far.

        Raises:
            RuleError: `unknown_import`.
        """
        self._kept(practice_id, import_id)
        return list(self.imports.refused(practice_id, import_id))

    def _kept(self, practice_id: str, import_id: str) -> ImportRecord:
        record = self.imports.get(practice_id, import_id)
        if record.expired(self.clock()):
            raise unknown_import()
        return record

    def _entered(self, practice_id: str, kind: ImportKind, size: int) -> ImportJob:
        now = self.clock()
        job = ImportJob.new(practice_id, kind, now)
        self.imports.receive(practice_id, job.import_id, kind=kind, total_bytes=size, now=now)
        return job


def _told(record: ImportRecord) -> dict[str, Any]:
    total, counts = record.total_lines, record.counts
    return {
        "import_id": record.import_id,
        "kind": ImportKind(record.kind),
        "state": ImportState(record.state),
        "received_at": record.received_at,
        "finished_at": record.finished_at,
        "lines_read": int(record.lines_read),
        "total_lines": None if total is None else int(total),
        "counts": CountsView(
            added=counts.added,
            changed=counts.changed,
            unchanged=counts.unchanged,
            parked=counts.parked,
            refused=counts.refused,
        ),
        "error_code": record.error_code,
        "error_message": record.error_message,
    }
