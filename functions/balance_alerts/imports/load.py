"""Taking in an uploaded file: chunk by chunk, with a checkpoint after each.

A worker that is killed is followed by one that goes on at the last checkpoint; the lines between
are taken in twice, which changes nothing. Of two workers at once the slower stops at its next
checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.chunks import (
    CSV_KINDS,
    Taker,
    claim_chunks,
    count_lines,
    csv_chunks,
)
from balance_alerts.imports.claim_steps import ClaimStep
from balance_alerts.imports.csv_rows import Line
from balance_alerts.imports.problems import ImportFileError
from balance_alerts.imports.run import Run, Stopped
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.import_files import FileGoneError, ImportFile, ImportFiles
from balance_alerts.store.imports import GIVEN_UP, ImportKind, ImportRecord, Imports
from balance_alerts.store.practices import Practices

LARGEST_FILE = 500_000_000
LARGEST_REMITTANCE = 50_000_000
"""A worker that goes on in an 835 reads again what is before: no more than it can in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takers:
    """Who takes in lines of each kind."""

    patients: Taker[Line]
    entries: Taker[Line]
    claims: Taker[ClaimStep]


class Loader:
    """Takes in uploaded files.

    Args:
        go_on_later: queues the rest of a file for another worker.
        look_again: queues a file that another worker moves on, for when that one is over.
    """

    def __init__(
        self,
        *,
        practices: Practices,
        imports: Imports,
        files: ImportFiles,
        takers: Takers,
        go_on_later: Callable[[ImportJob], None],
        look_again: Callable[[ImportJob], None],
        clock: Clock,
    ) -> None:
        self._practices = practices
        self._imports = imports
        self._files = files
        self._takers = takers
        self._go_on_later = go_on_later
        self._look_again = look_again
        self._clock = clock
        self.broken_lines = 0
        """How many lines something broke on, the last time."""

    def load(self, job: ImportJob, seconds_left: Callable[[], float]) -> Stopped:
        """Take in a file, or as much of it as there is time for; the rest is queued."""
        self.broken_lines = 0
        record = self._imports.receive(
            job.practice_id, job.import_id, kind=job.kind, total_bytes=0, now=self._clock()
        )
        if record.finished and not record.given_up:
            return Stopped.FINISHED
        try:
            stopped = self._load(job, record, seconds_left)
        except (FileGoneError, ImportFileError, _UnknownPractice) as error:
            self._imports.fail(record, error, self._clock())
            return Stopped.FAILED
        if stopped is Stopped.OUT_OF_TIME:
            self._go_on_later(job)
        elif stopped is Stopped.OVERTAKEN:
            # One message may have brought both here, and ends with this one; the other worker may
            # yet be killed.
            self._look_again(job)
        return stopped

    def give_up(self, job: ImportJob) -> None:
        """Note that a file breaks the import however often it is tried: nobody waits for it."""
        record = self._imports.get(job.practice_id, job.import_id)
        if not record.finished:
            self._imports.fail(record, _GaveUp(), self._clock())

    def _load(
        self, job: ImportJob, record: ImportRecord, seconds_left: Callable[[], float]
    ) -> Stopped:
        # One worker gave up what another was at, or an operator sends it once more.
        if record.given_up and not self._imports.go_on(record):
            return Stopped.OVERTAKEN
        practice = self._practice(job.practice_id)
        file = self._files.find(job.key)
        resumed = record.total_lines is not None
        if not resumed:
            _check_size(file.size, job.kind)
            total_lines = count_lines(file, job.kind)
            if not self._imports.begin(
                record, total_lines=total_lines, total_bytes=file.size, etag=file.etag
            ):
                return Stopped.OVERTAKEN
        elif record.etag not in (None, file.etag):
            raise FileGoneError
        run = Run(
            imports=self._imports,
            record=record,
            practice=practice,
            clock=self._clock,
            seconds_left=seconds_left,
            resumed=resumed,
        )
        try:
            return self._run(run, job, file)
        finally:
            self.broken_lines = run.broken_lines

    def _run(self, run: Run, job: ImportJob, file: ImportFile) -> Stopped:
        if job.kind is ImportKind.REMITTANCE:
            return run.take_all(claim_chunks(file, run.record), self._takers.claims)
        taker = self._takers.patients if job.kind is ImportKind.PATIENTS else self._takers.entries
        lines = csv_chunks(file, CSV_KINDS[job.kind], run.record, self._clock())
        return run.take_all(lines, taker)

    def _practice(self, practice_id: str) -> Practice:
        try:
            return self._practices.get(practice_id)
        except RuleError as error:
            raise _UnknownPractice(error.code, error.message) from error


class _GaveUp(RuleError):
    def __init__(self) -> None:
        super().__init__(
            GIVEN_UP,
            "Something broke, three times. What was read is taken in; import the file again, and "
            "if that does not help ask whoever runs the system.",
        )


class _UnknownPractice(RuleError):
    """The file was put below a practice that does not exist."""


def _check_size(size: int, kind: ImportKind) -> None:
    largest = LARGEST_REMITTANCE if kind is ImportKind.REMITTANCE else LARGEST_FILE
    if size > largest:
        raise ImportFileError(
            "file_too_large", f"The file is over {largest // 1_000_000} MB; split it."
        )
