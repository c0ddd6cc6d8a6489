"""Imports: how far each file is taken in, what came of it, and the lines refused."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.exceptions import PutError, UpdateError

from balance_alerts.domain.errors import RuleError
from balance_alerts.store import keys, races, refused_lines, table
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.refused_lines import KEPT, RefusedLine
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action

GIVEN_UP = "import_broke"
"""The error of an import on which something broke each time."""

_IMPORT = "IMPORT#"


class ImportKind(StrEnum):
    """What an imported file holds; its value is what operators call it."""

    PATIENTS = "patients"
    ENTRIES = "entries"
    REMITTANCE = "835"


class ImportState(StrEnum):
    """How far an import is."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines by what became of them (claims, in an 835)."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    parked: int = 0
    refused: int = 0


_COUNTED = tuple(field.name for field in fields(Counts))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a chunk brought an import: bytes behind it, the next line, lines read in all."""

    offset: int
    line: int
    lines_read: int


class ImportRecord(Record, discriminator="import"):
    """One import.

    `offset` and `line` are where the next worker goes on; `total_lines` is None until the file
    was seen to be whole, and `etag` names its content since then. `version` lets one worker at a
    time move it on; `moved_by` names the write that did so last.
    """

    practice_id = UnicodeAttribute()
    import_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    received_at = InstantAttribute()
    finished_at = InstantAttribute(null=True)
    total_bytes = NumberAttribute()
    total_lines = NumberAttribute(null=True)
    offset = NumberAttribute(default=0)
    line = NumberAttribute(default=1)
    lines_read = NumberAttribute(default=0)
    added = NumberAttribute(default=0)
    changed = NumberAttribute(default=0)
    unchanged = NumberAttribute(default=0)
    parked = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    error_code = UnicodeAttribute(null=True)
    error_message = UnicodeAttribute(null=True)
    etag = UnicodeAttribute(null=True)
    moved_by = UnicodeAttribute(null=True)
    version = VersionAttribute()

    @property
    def counts(self) -> Counts:
        """What became of the lines so far."""
        return Counts(**{name: int(getattr(self, name)) for name in _COUNTED})

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it, unless it was given up and its message lives."""
        return self.state in (ImportState.DONE, ImportState.FAILED)

    @property
    def given_up(self) -> bool:
        """Whether something broke each time, as far as one worker knows."""
        return bool(self.state == ImportState.FAILED and self.error_code == GIVEN_UP)


class Imports:
    """The imports of the stack."""

    def receive(
        self,
        practice_id: str,
        import_id: str,
        *,
        kind: ImportKind,
        total_bytes: int,
        now: datetime,
    ) -> ImportRecord:
        """Enter an import, or read the one entered before."""
        record = ImportRecord(
            *keys.import_(practice_id, import_id),
            practice_id=practice_id,
            import_id=import_id,
            kind=kind.value,
            state=ImportState.RECEIVED.value,
            received_at=now,
            total_bytes=total_bytes,
            expires_at=now + KEPT,
        )
        try:
            record.save()
        except PutError as error:
            if not races.lost_a_race(error):
                raise
            return self.get(practice_id, import_id)
        return record.loaded()

    def get(self, practice_id: str, import_id: str) -> ImportRecord:
        """One import, read consistently.

        Raises:
            RuleError: `unknown_import`.
        """
        key = keys.import_(practice_id, import_id)
        record: ImportRecord | None = table.read([key]).get(key)
        if record is None:
            raise unknown_import()
        return record

    def recent(self, practice_id: str, limit: int = 20) -> Iterator[ImportRecord]:
        """The newest imports of a practice; import ids sort by time."""
        pk, _ = keys.import_(practice_id, "")
        return iter(
            ImportRecord.query(
                pk, ImportRecord.sk.startswith(_IMPORT), scan_index_forward=False, limit=limit
            )
        )

    def begin(self, record: ImportRecord, *, total_lines: int, total_bytes: int, etag: str) -> bool:
        """Note that the file is whole; False where another worker was faster."""
        return self._move(
            record,
            [
                ImportRecord.state.set(ImportState.RUNNING.value),
                ImportRecord.total_lines.set(total_lines),
                ImportRecord.total_bytes.set(total_bytes),
                ImportRecord.etag.set(etag),
            ],
        )

    def checkpoint(self, record: ImportRecord, progress: Progress, counts: Counts) -> bool:
        """Note a chunk as taken in; False where another worker noted it before."""
        return self._move(
            record,
            [
                ImportRecord.offset.set(progress.offset),
                ImportRecord.line.set(progress.line),
                ImportRecord.lines_read.set(progress.lines_read),
                *(
                    getattr(ImportRecord, name).set(getattr(record, name) + number)
                    for name, number in asdict(counts).items()
                ),
            ],
        )

    def finish(self, record: ImportRecord, now: datetime) -> bool:
        """Note that every line was taken in or refused."""
        return self._move(
            record,
            [
                ImportRecord.state.set(ImportState.DONE.value),
                ImportRecord.offset.set(int(record.total_bytes)),
                ImportRecord.finished_at.set(now),
            ],
        )

    def fail(self, record: ImportRecord, error: RuleError, now: datetime) -> bool:
        """Note that the file as a whole cannot be taken in, and why."""
        return self._move(
            record,
            [
                ImportRecord.state.set(ImportState.FAILED.value),
                ImportRecord.error_code.set(error.code),
                ImportRecord.error_message.set(error.message),
                ImportRecord.finished_at.set(now),
            ],
        )

    def go_on(self, record: ImportRecord) -> bool:
        """Take back that it was given up; False where another worker was faster."""
        begun = record.total_lines is not None
        state = ImportState.RUNNING if begun else ImportState.RECEIVED
        return self._move(
            record,
            [
                ImportRecord.state.set(state.value),
                ImportRecord.error_code.remove(),
                ImportRecord.error_message.remove(),
                ImportRecord.finished_at.remove(),
            ],
        )

    def refused(self, practice_id: str, import_id: str) -> Iterator[RefusedLine]:
        """The lines refused so far, in the order of the file."""
        return refused_lines.refused(practice_id, import_id)

    def _move(self, record: ImportRecord, actions: list[Action]) -> bool:
        """Write `actions` on the version read; False where another worker was faster.

        A write whose answer was lost is repeated by the SDK, and then finds itself there before.
        """
        moved_by = secrets.token_hex(8)
        try:
            record.update([*actions, ImportRecord.moved_by.set(moved_by)])
        except UpdateError as error:
            if not races.lost_a_race(error):
                raise
            record.refresh(consistent_read=True)
            return bool(record.moved_by == moved_by)
        return True


def unknown_import() -> RuleError:
    """There is none of this id, or none any more."""
    return RuleError("unknown_import", "There is no import with this id.")
