"""CSV, cut into records with their place in the file, so that a reader can stop and go on later.

A record may hold quoted line breaks. The file is read in blocks; memory does not grow with it.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from balance_alerts.domain.personal import Words
from balance_alerts.imports.problems import ImportFileError, LineError
from balance_alerts.imports.x12_segments import ByteStream

LONGEST_RECORD = 64 * 1024
LINES_A_RECORD = 10
_BLOCK = 64 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_QUOTE = b'"'
LOST_LETTER = "\N{REPLACEMENT CHARACTER}"
"""What a program writes in place of a letter that it could not read; the letter is gone."""


class Place(NamedTuple):
    """Where a record begins: bytes before it, and its line number from 1."""

    offset: int = 0
    line: int = 1


START = Place()


class RawRecord(NamedTuple):
    """The text of one record, with its first line's number and the place after it."""

    line: int
    text: Words
    after: Place

    @property
    def named(self) -> str:
        """Its line, or its first and last one, as a refusal calls them."""
        last = self.after.line - 1
        return f"Lines {self.line} to {last}" if last > self.line else "The line"

    @property
    def is_blank(self) -> bool:
        """Whether it is one of the empty rows that spreadsheets leave at the end."""
        return not self.text.strip(', \t\r\n"')


def read_records(stream: ByteStream, start: Place = START) -> Iterator[RawRecord]:
    """Every record but blank lines. `stream` begins at `start` of the file.

    A quotation mark that is still open after `LINES_A_RECORD` lines, or at the end of the file,
    opened nothing: its line is a record by itself, which `cells` refuses, and the next line begins
    another one.

    Raises:
        ImportFileError: `not_utf8`, `nul_bytes`, `old_line_ends` or `record_too_long`.
    """
    place = start
    coming = _Coming(_lines(stream))
    while taken := coming.record():
        record, first = b"".join(taken), place.line
        _check_length(record, first)
        place = Place(place.offset + len(record), first + len(taken))
        text = _decode(record, first)
        if text.strip():
            yield RawRecord(first, Words(text), place)


def cells(record: RawRecord) -> list[str]:
    """The cells of a record, stripped.

    Raises:
        LineError: `bad_quotes`, `lost_letters`.
    """
    if LOST_LETTER in record.text:
        raise LineError(
            "lost_letters",
            f"{record.named} has letters that were lost when the file was saved: they read as "
            f"{LOST_LETTER}. Where they are still right, save the file as "
            '"CSV UTF-8", and import it again.',
        )
    try:
        rows = list(csv.reader([record.text], strict=True))
    except csv.Error:
        rows = []
    if len(rows) != 1:
        raise LineError(
            "bad_quotes",
            f"{record.named} cannot be read as one record: a quotation mark is missing or out of "
            'place, or the line was cut off; write a quotation mark inside a cell as two ("").',
        )
    return [cell.strip() for cell in rows[0]]


def old_line_ends() -> ImportFileError:
    """The error for a file that reads as one long line."""
    return ImportFileError(
        "old_line_ends",
        "The lines end as on old Macs, with CR alone; save the file as "
        '"CSV UTF-8" and import it again.',
    )


class _Coming:
    """The lines to come, some of which may have been looked at already."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._seen: deque[bytes] = deque()

    def record(self) -> list[bytes]:
        """The lines of the next record; none at the end."""
        taken: list[bytes] = []
        size, open_quote = 0, True
        while open_quote and len(taken) < LINES_A_RECORD and size <= LONGEST_RECORD:
            line = self._seen.popleft() if self._seen else next(self._lines, b"")
            if not line:
                break
            inside = bool(taken)
            open_quote = (inside or _QUOTE in line) and _leaves_quote_open(line, inside)
            taken.append(line)
            size += len(line)
        if open_quote or size > LONGEST_RECORD:
            self._seen.extendleft(reversed(taken[1:]))
            del taken[1:]
        return taken


def _lines(stream: ByteStream) -> Iterator[bytes]:
    """Lines with their line breaks; overlong ones in pieces."""
    rest = b""
    while block := stream.read(_BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line + b"\n"
        if len(rest) > LONGEST_RECORD:
            yield rest
            rest = b""
    if rest:
        yield rest


def _leaves_quote_open(line: bytes, inside: bool) -> bool:
    """Whether a quoted cell goes on after this line; a quote amid an unquoted cell is a letter."""
    at = 0
    while True:
        if not inside:
            if line[at : at + 1] == _QUOTE:
                inside = True
                at += 1
                continue
            comma = line.find(b",", at)
            if comma < 0:
                return False
            at = comma + 1
            continue
        quote = line.find(_QUOTE, at)
        if quote < 0:
            return True
        if line[quote + 1 : quote + 2] == _QUOTE:
            at = quote + 2
            continue
        inside = False
        comma = line.find(b",", quote + 1)
        if comma < 0:
            return False
        at = comma + 1


def _check_length(record: bytes, line: int) -> None:
    if len(record) <= LONGEST_RECORD:
        return
    if b"\r" in record and b"\n" not in record:
        raise old_line_ends()
    raise ImportFileError(
        "record_too_long", f"Line {line} is longer than 64 KB: this is not the CSV expected."
    )


def _decode(record: bytes, line: int) -> str:
    if b"\x00" in record:
        raise ImportFileError(
            "nul_bytes",
            f"Line {line} holds NUL bytes: this is no text file in UTF-8. "
            'Save it as "CSV UTF-8" and import it again.',
        )
    if line == 1:
        record = record.removeprefix(_BYTE_ORDER_MARK)
    try:
        return record.decode("utf-8")
    except UnicodeDecodeError as error:
        line += record.count(b"\n", 0, error.start)
        raise ImportFileError(
            "not_utf8",
            f"Line {line} is not UTF-8; the file looks like Latin-1, as Excel saves plain CSV. "
            'Save it as "CSV UTF-8" and import it again. Nothing of it was taken in.',
        ) from None
