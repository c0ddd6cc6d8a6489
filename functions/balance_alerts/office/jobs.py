"""Work on every account of a practice: at once where there are few, else as a job of a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.store.jobs import JobKind, JobRecord, Jobs, JobState
from balance_alerts.store.practice_accounts import patient_ids_of

MOST_AT_ONCE = 5_000
"""Accounts that are looked at while somebody waits; more than that in the background."""

SOME = 1_000
"""Accounts after which somebody who waits is told how far it is."""

Progress = Callable[[int], None]
"""Hears how many accounts were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """Work that is done in the background."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """How far a job is: `looked_at` of so many accounts, which are known once it was begun."""

    job_id: str
    state: JobState
    looked_at: int
    accounts: int | None


@dataclass(frozen=True, slots=True)
class JobDesk:
    """The jobs of practices. `start` has one done, by its practice and id."""

    jobs: Jobs
    start: Callable[[str, str], None]
    clock: Clock
    at_once: int = MOST_AT_ONCE

    def few_patient_ids(self, practice_id: str) -> list[str] | None:
        """Whose accounts are to be looked at, or None where they are too many to be waited for."""
        found = patient_ids_of(practice_id, most=self.at_once + 1)
        return None if len(found) > self.at_once else found

    def begin(self, practice_id: str, kind: JobKind, asked: str) -> str:
        """Have something made by somebody else, of `asked`; returns the id of the job."""
        job_id = uuid4().hex
        self.jobs.begin(practice_id, job_id, kind=kind, asked=asked, now=self.clock())
        self.start(practice_id, job_id)
        return job_id

    def find(self, practice_id: str, job_id: str, *kinds: JobKind) -> JobRecord:
        """A job of one of these kinds, as it stands.

        Raises:
            RuleError: `unknown_job`.
        """
        record = self.jobs.get(practice_id, job_id, self.clock())
        if record.kind not in kinds:
            raise RuleError("unknown_job", "There is no such job any more; ask for it again.")
        return record

    def told(self, record: JobRecord) -> dict[str, Any]:
        """What a view of any job says."""
        return {
            "job_id": record.job_id,
            "state": record.state_at(self.clock()),
            "looked_at": int(record.looked_at),
            "accounts": None if record.accounts is None else int(record.accounts),
        }
