"""Work on every account of a practice: how it is asked for, done, and answered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from balance_alerts.http_api.csv_text import CSV
from balance_alerts.http_api.exchange import Answer
from balance_alerts.office.jobs import JobStarted, Progress
from balance_alerts.store.jobs import JobKind

if TYPE_CHECKING:
    from balance_alerts.wiring import Wiring

LARGEST_ANSWER = 4 * 1024 * 1024
"""Characters of a table that is answered; Lambda hands out 6 MB at most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: what is answered as JSON, of some dozen kilobytes at most, and a table."""

    content: Any = None
    table: str | None = None


class Work(ABC):
    """Something to be done with accounts of a practice.

    It is made of the words it was asked with, so that a worker makes the same again. Doing it
    again does no harm.
    """

    kind: ClassVar[JobKind]
    table_name: ClassVar[str] = ""
    """What its table is saved under."""

    def __init__(self, wiring: Wiring, practice_id: str, asked: str) -> None:
        """Take what is asked for.

        Raises:
            RuleError: it cannot be done.
        """
        self.wiring = wiring
        self.practice_id = practice_id
        self.asked = asked

    @abstractmethod
    def done(self, patient_ids: Sequence[str], tell: Progress) -> Outcome:
        """Do it with these accounts; `tell` hears how many were looked at."""


def answered(work: Work, *, as_table: bool = False) -> Answer:
    """What came of it, or which job does it: that of a large practice nobody waits for."""
    desk = work.wiring.job_desk
    patient_ids = desk.few_patient_ids(work.practice_id)
    if patient_ids is not None:
        outcome = work.done(patient_ids, lambda _: None)
        if not as_table:
            return Answer(content=outcome.content)
        if len(outcome.table or "") <= LARGEST_ANSWER:
            return Answer(content=outcome.table, kind=CSV)
    job_id = desk.begin(work.practice_id, work.kind, work.asked)
    return Answer(status=202, content=JobStarted(job_id=job_id))
