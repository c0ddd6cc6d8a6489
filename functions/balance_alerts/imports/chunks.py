"""A file as chunks of lines, from wherever an import stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Generic, Protocol, TypeVar

from balance_alerts.domain.practice import Practice
from balance_alerts.imports.claim_steps import ClaimStep, claim_steps
from balance_alerts.imports.csv_header import CsvKind, check_csv, read_header
from balance_alerts.imports.csv_records import Place
from balance_alerts.imports.csv_rows import Line, read_rows
from balance_alerts.imports.taking import Source, Taken
from balance_alerts.imports.x12_835 import check_remittance, read_claims
from balance_alerts.imports.x12_segments import ByteStream
from balance_alerts.store.imports import ImportKind, ImportRecord, Progress

PATIENTS_A_CHUNK = 1000
ENTRIES_A_CHUNK = 2000
"""Entries of one account in a chunk share transactions: the more, the fewer writes an entry. But a
worker must get through its first chunk: on a busy machine, the emulator takes 60 entries a second.
"""

CLAIMS_A_CHUNK = 100

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

CSV_KINDS = {ImportKind.PATIENTS: CsvKind.PATIENTS, ImportKind.ENTRIES: CsvKind.ENTRIES}


class File(Protocol):
    """A file that can be read from any byte on."""

    def open(self, offset: int = ...) -> ByteStream:
        """The bytes from `offset` on."""
        ...


class Taker(Protocol[T_contra]):
    """Takes in lines of one kind."""

    def take(self, practice: Practice, lines: Sequence[T_contra], source: Source) -> Taken:
        """Take in these lines; the same lines again change nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Chunk(Generic[T]):
    """Some lines, and how far the import is once they are taken in.

    `numbers` are theirs in the file; no chunk has more lines than `most`.
    """

    lines: list[T]
    numbers: frozenset[int]
    progress: Progress
    most: int


def count_lines(file: File, kind: ImportKind) -> int:
    """Read the whole file and count its lines (the claims of an 835).

    Raises:
        ImportFileError: it cannot be taken in as a whole.
    """
    if kind is ImportKind.REMITTANCE:
        return check_remittance(file.open())
    return check_csv(file.open(), CSV_KINDS[kind])


def csv_chunks(
    file: File, kind: CsvKind, record: ImportRecord, now: datetime
) -> Iterator[Chunk[Line]]:
    """The lines not yet taken in."""
    header = read_header(file.open(), kind)
    began = int(record.offset) > 0
    start = Place(int(record.offset), int(record.line)) if began else header.after
    lines_read = int(record.lines_read)
    rows = read_rows(file.open(start.offset), header, now=now, start=start)
    most = PATIENTS_A_CHUNK if kind is CsvKind.PATIENTS else ENTRIES_A_CHUNK
    for lines in _some(rows, most):
        lines_read += len(lines)
        after = lines[-1].after
        numbers = frozenset(line.number for line in lines)
        yield Chunk(lines, numbers, Progress(after.offset, after.line, lines_read), most)


def claim_chunks(file: File, record: ImportRecord) -> Iterator[Chunk[ClaimStep]]:
    """The claims not yet taken in. What is before them is read again: these files are small."""
    done = int(record.lines_read)
    steps = (step for step in claim_steps(read_claims(file.open())) if step.claims_read > done)
    for some in _some(steps, CLAIMS_A_CHUNK):
        last = some[-1]
        numbers = frozenset(number for step in some for number in step.numbers)
        progress = Progress(last.offset, last.claims_read + 1, last.claims_read)
        yield Chunk(some, numbers, progress, CLAIMS_A_CHUNK)


def _some(items: Iterable[T], size: int) -> Iterator[list[T]]:
    coming = iter(items)
    while some := list(islice(coming, size)):
        yield some
