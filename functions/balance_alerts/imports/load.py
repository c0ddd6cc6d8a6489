"""Taking in an uploaded file: chunk by chunk, with a checkpoint after each.

A worker that is killed is followed by one that goes on at the last checkpoint; the lines between
are taken in twice, which changes nothing. Of two workers at once the slower stops at its next
checkpoint.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.chunks import (
    CSV_KINDS,
    Chunk,
    Taker,
    claim_chunks,
    count_lines,
    csv_chunks,
)
from balance_alerts.imports.claim_steps import ClaimStep
from balance_alerts.imports.csv_rows import Line
from balance_alerts.imports.problems import ImportFileError
from balance_alerts.imports.taking import Source
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.import_files import FileGoneError, ImportFile, ImportFiles
from balance_alerts.store.imports import ImportKind, ImportRecord, Imports, RefusedLine
from balance_alerts.store.practices import Practices

logger = logging.getLogger(__name__)

T = TypeVar("T")

STOP_WITH_SECONDS_LEFT = 20.0
LARGEST_FILE = 500_000_000


class Stopped(StrEnum):
    """Why a worker stopped."""

    FINISHED = "finished"
    FAILED = "failed"
    OUT_OF_TIME = "out_of_time"
    OVERTAKEN = "overtaken"


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
    """

    def __init__(
        self,
        *,
        practices: Practices,
        imports: Imports,
        files: ImportFiles,
        takers: Takers,
        go_on_later: Callable[[ImportJob], None],
        clock: Clock,
    ) -> None:
        self._practices = practices
        self._imports = imports
        self._files = files
        self._takers = takers
        self._go_on_later = go_on_later
        self._clock = clock

    def load(self, job: ImportJob, seconds_left: Callable[[], float]) -> Stopped:
        """Take in a file, or as much of it as there is time for; the rest is queued."""
        record = self._imports.receive(
            job.practice_id, job.import_id, kind=job.kind, total_bytes=0, now=self._clock()
        )
        if record.finished:
            return Stopped.FINISHED
        try:
            stopped = self._load(job, record, seconds_left)
        except (FileGoneError, ImportFileError, _UnknownPractice) as error:
            self._imports.fail(record, error, self._clock())
            return Stopped.FAILED
        if stopped is Stopped.OUT_OF_TIME:
            self._go_on_later(job)
        return stopped

    def _load(
        self, job: ImportJob, record: ImportRecord, seconds_left: Callable[[], float]
    ) -> Stopped:
        practice = self._practice(job.practice_id)
        file = self._files.find(job.key)
        if record.total_lines is None:
            if file.size > LARGEST_FILE:
                raise ImportFileError("file_too_large", "The file is over 500 MB; split it.")
            total_lines = count_lines(file, job.kind)
            if not self._imports.begin(record, total_lines=total_lines, total_bytes=file.size):
                return Stopped.OVERTAKEN
        run = _Run(self._imports, record, practice, self._clock, seconds_left)
        return self._run(run, job, file)

    def _run(self, run: _Run, job: ImportJob, file: ImportFile) -> Stopped:
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


class _UnknownPractice(RuleError):
    """The file was put below a practice that does not exist."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One worker at one import."""

    imports: Imports
    record: ImportRecord
    practice: Practice
    clock: Clock
    seconds_left: Callable[[], float]

    def take_all(self, chunks: Iterable[Chunk[T]], taker: Taker[T]) -> Stopped:
        """Take in chunk after chunk, until the end or while twice a chunk's time is left."""
        practice_id, import_id = self.practice.practice_id, self.record.import_id
        source = Source(import_id)
        longest = STOP_WITH_SECONDS_LEFT / 2
        for chunk in chunks:
            before = self.seconds_left()
            taken = taker.take(self.practice, chunk.lines, source)
            refused = (RefusedLine(x.line, x.code, x.message) for x in taken.refusals)
            self.imports.refuse(practice_id, import_id, refused, self.clock())
            if not self.imports.checkpoint(self.record, chunk.progress, taken.counts):
                return Stopped.OVERTAKEN
            logger.info("import %s: %d lines", import_id, chunk.progress.lines_read)
            left = self.seconds_left()
            longest = max(longest, before - left)
            if left < 2 * longest:
                return Stopped.OUT_OF_TIME
        if not self.imports.finish(self.record, self.clock()):
            return Stopped.OVERTAKEN
        return Stopped.FINISHED
