"""Work that takes longer than anybody waits for: what was asked for, and how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from balance_alerts.domain.errors import RuleError
from balance_alerts.store import keys, races, table
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action

KEPT = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(minutes=25)
"""Nobody works on a job that was asked for longer ago: as long as its last try may take to begin
and to end."""
MOST_TRIES = 2


class JobKind(StrEnum):
    """What a job makes."""

    PREVIEW = "preview"
    ALERT_REPORT = "alert_report"
    PAYMENT_REPORT = "payment_report"


class JobState(StrEnum):
    """How far a job is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobRecord(Record, discriminator="job"):
    """One job.

    `asked` is what the worker makes its work of, in the words of whoever asked. What came of it is
    `content`, JSON of at most some dozen kilobytes, and the file `file_key`, each where there is
    one.
    """

    practice_id = UnicodeAttribute()
    job_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    asked = UnicodeAttribute()
    begun_at = InstantAttribute()
    tries = NumberAttribute(default=0)
    looked_at = NumberAttribute(default=0)
    accounts = NumberAttribute(null=True)
    content = UnicodeAttribute(null=True)
    file_key = UnicodeAttribute(null=True)

    @property
    def may_be_tried_again(self) -> bool:
        """Whether another try is to come, should the one under way fail."""
        return int(self.tries) < MOST_TRIES

    def state_at(self, now: datetime) -> JobState:
        """Its state; one that is not done in time never will be: its worker was stopped."""
        if self.state == JobState.RUNNING and now >= self.begun_at + GIVEN_UP_AFTER:
            return JobState.FAILED
        return JobState(self.state)


class Jobs:
    """The jobs that were asked for of late.

    Only a running job is written to: of two workers that were started for one, the first to end
    decides, and the other one is told by LostRace.
    """

    def begin(
        self, practice_id: str, job_id: str, *, kind: JobKind, asked: str, now: datetime
    ) -> None:
        """Note that one was asked for."""
        JobRecord(
            *keys.job(practice_id, job_id),
            practice_id=practice_id,
            job_id=job_id,
            kind=kind.value,
            state=JobState.RUNNING.value,
            asked=asked,
            begun_at=now,
            expires_at=now + KEPT,
        ).save()

    def get(self, practice_id: str, job_id: str, now: datetime) -> JobRecord:
        """One of them, read consistently.

        Raises:
            RuleError: `unknown_job`, also once it is no longer kept.
        """
        key = keys.job(practice_id, job_id)
        record: JobRecord | None = table.read([key]).get(key)
        if record is None or now >= record.begun_at + KEPT:
            raise RuleError("unknown_job", "There is no such job any more; ask for it again.")
        return record

    def begin_try(self, record: JobRecord) -> None:
        """Note that a worker has begun; raises LostRace."""
        self._change(record, JobRecord.tries.set(record.tries + 1))

    def tell(self, record: JobRecord, looked_at: int, *, accounts: int) -> None:
        """Note how many of so many accounts were looked at; raises LostRace."""
        self._change(record, JobRecord.looked_at.set(looked_at), JobRecord.accounts.set(accounts))

    def finish(self, record: JobRecord, *, content: str | None, file_key: str | None) -> None:
        """Note what came of it; raises LostRace."""
        self._change(
            record,
            JobRecord.state.set(JobState.DONE.value),
            JobRecord.looked_at.set(record.accounts),
            *([] if content is None else [JobRecord.content.set(content)]),
            *([] if file_key is None else [JobRecord.file_key.set(file_key)]),
        )

    def fail(self, record: JobRecord) -> None:
        """Note that nothing will come of it; raises LostRace."""
        self._change(record, JobRecord.state.set(JobState.FAILED.value))

    @staticmethod
    def _change(record: JobRecord, *changes: Action) -> None:
        try:
            record.update(list(changes), condition=JobRecord.state == JobState.RUNNING.value)
        except UpdateError as error:
            if not races.lost_a_race(error):
                raise
            raise races.LostRace from error
