"""Previews of practices with so many accounts that nobody waits for the answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from balance_alerts.domain.errors import RuleError
from balance_alerts.store import keys, table
from balance_alerts.store.table import Record

KEPT = timedelta(days=1)


class PreviewJobState(StrEnum):
    """How far a preview is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PreviewJobRecord(Record, discriminator="preview_job"):
    """One preview; `asked` is the body it was asked with, `result` what came of it."""

    practice_id = UnicodeAttribute()
    job_id = UnicodeAttribute()
    state = UnicodeAttribute()
    asked = UnicodeAttribute()
    looked_at = NumberAttribute(default=0)
    accounts = NumberAttribute(null=True)
    result = JSONAttribute(null=True)


class PreviewJobs:
    """The previews that were asked for of late."""

    def begin(self, practice_id: str, job_id: str, *, asked: str, now: datetime) -> None:
        """Note that one was asked for."""
        PreviewJobRecord(
            *keys.preview_job(practice_id, job_id),
            practice_id=practice_id,
            job_id=job_id,
            state=PreviewJobState.RUNNING.value,
            asked=asked,
            expires_at=now + KEPT,
        ).save()

    def get(self, practice_id: str, job_id: str, now: datetime) -> PreviewJobRecord:
        """One of them, read consistently.

        Raises:
            RuleError: `unknown_job`.
        """
        key = keys.preview_job(practice_id, job_id)
        record: PreviewJobRecord | None = table.read([key]).get(key)
        if record is None or record.expired(now):
            raise RuleError("unknown_job", "There is no such preview; ask for it again.")
        return record

    def tell(self, record: PreviewJobRecord) -> None:
        """Write down how far it is."""
        record.update(record.changes())
        record.loaded()
