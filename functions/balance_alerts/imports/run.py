"""One worker at one import: chunk after chunk, as long as there is time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.breakage import NOT_TAKEN_IN
from balance_alerts.imports.chunks import Chunk, Taker
from balance_alerts.imports.problems import ImportFileError
from balance_alerts.imports.taking import Source, Taken
from balance_alerts.store import refused_lines
from balance_alerts.store.imports import ImportRecord, Imports
from balance_alerts.store.refused_lines import RefusedLine

logger = logging.getLogger(__name__)

T = TypeVar("T")

STOP_WITH_SECONDS_LEFT = 20.0
MOST_REFUSED = 10_000


class Stopped(StrEnum):
    """Why a worker stopped."""

    FINISHED = "finished"
    FAILED = "failed"
    OUT_OF_TIME = "out_of_time"
    OVERTAKEN = "overtaken"


@dataclass(slots=True, kw_only=True)
class Run:
    """One worker at one import.

    `resumed` says that another worker began, and may have been killed within a chunk;
    `broken_lines` counts those that something broke on.
    """

    imports: Imports
    record: ImportRecord
    practice: Practice
    clock: Clock
    seconds_left: Callable[[], float]
    resumed: bool
    broken_lines: int = 0

    def take_all(self, chunks: Iterable[Chunk[T]], taker: Taker[T]) -> Stopped:
        """Take in chunk after chunk, until the end or while twice a chunk's time is left.

        Raises:
            ImportFileError: `too_many_refused`.
        """
        source = Source(self.record.import_id)
        seconds_a_line = 0.0
        for chunk in chunks:
            before = self.seconds_left()
            taken = taker.take(self.practice, chunk.lines, source)
            self._keep_refusals(chunk.numbers, taken)
            if not self.imports.checkpoint(self.record, chunk.progress, taken.counts):
                return Stopped.OVERTAKEN
            logger.info("import %s: %d lines", source.import_id, chunk.progress.lines_read)
            self._check_refused()
            left = self.seconds_left()
            seconds_a_line = max(seconds_a_line, (before - left) / len(chunk.lines))
            if left < max(STOP_WITH_SECONDS_LEFT, 2 * seconds_a_line * chunk.most):
                return Stopped.OUT_OF_TIME
        if not self.imports.finish(self.record, self.clock()):
            return Stopped.OVERTAKEN
        return Stopped.FINISHED

    def _keep_refusals(self, numbers: frozenset[int], taken: Taken) -> None:
        practice_id, import_id = self.practice.practice_id, self.record.import_id
        refused = [RefusedLine(x.line, x.code, x.message) for x in taken.refusals]
        self.broken_lines += sum(line.code == NOT_TAKEN_IN for line in refused)
        refused_lines.refuse(practice_id, import_id, refused, self.clock())
        if self.resumed:
            accepted = numbers - {line.line for line in refused}
            refused_lines.accept(practice_id, import_id, accepted)
            self.resumed = False

    def _check_refused(self) -> None:
        if int(self.record.refused) > MOST_REFUSED:
            raise ImportFileError(
                "too_many_refused",
                f"Over {MOST_REFUSED:,} lines were refused, so the rest was left out; is it the "
                "right file? Good lines before are taken in. Mend it and import it again.",
            )
