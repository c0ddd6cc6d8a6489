"""CSV, cut into records with their place in the file, so that a reader can stop and go on later.

A record may hold quoted line breaks. The file is read in blocks; memory does not grow with it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from balance_alerts.imports.problems import ImportFileError, LineError
from balance_alerts.imports.x12_segments import ByteStream

LONGEST_RECORD = 64 * 1024
_BLOCK = 64 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_QUOTE = b'"'


class Place(NamedTuple):
    """Where a record begins: bytes before it, and its line number from 1."""

    offset: int = 0
    line: int = 1


START = Place()


class RawRecord(NamedTuple):
    """The text of one record, with its first line's number and the place after it."""

    line: int
    text: str
    after: Place

    @property
    def is_blank(self) -> bool:
        """Whether it is one of the empty rows that spreadsheets leave at the end."""
        return not self.text.strip(', \t\r\n"')


def read_records(stream: ByteStream, start: Place = START) -> Iterator[RawRecord]:
    """Every record but blank lines. `stream` begins at `start` of the file.

    Raises:
        ImportFileError: `not_utf8`, `nul_bytes`, `unclosed_quote` or `record_too_long`.
    """
    place = start
    record, first = b"", start.line
    open_quote = False
    for line in _lines(stream):
        record += line
        if open_quote or _QUOTE in line:
            open_quote = _leaves_quote_open(line, open_quote)
        place = Place(place.offset + len(line), place.line + 1)
        if open_quote and len(record) <= LONGEST_RECORD:
            continue
        _check_length(record, first, open_quote)
        text = _decode(record, first)
        if text.strip():
            yield RawRecord(first, text, place)
        record, first = b"", place.line
    if record:
        raise _unclosed(first)


def cells(record: RawRecord) -> list[str]:
    """The cells of a record, stripped.

    Raises:
        LineError: `bad_quotes`.
    """
    try:
        rows = list(csv.reader([record.text], strict=True))
    except csv.Error:
        rows = []
    if len(rows) != 1:
        last = record.after.line - 1
        lines = f"Lines {record.line} to {last} are" if last > record.line else "The line is"
        raise LineError(
            "bad_quotes",
            f"{lines} not readable as one record: a quotation mark is missing or misplaced; "
            'write a quotation mark inside a cell as two ("").',
        )
    return [cell.strip() for cell in rows[0]]


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


def _check_length(record: bytes, line: int, open_quote: bool) -> None:
    if len(record) > LONGEST_RECORD:
        if open_quote:
            raise _unclosed(line)
        raise ImportFileError(
            "record_too_long", f"Line {line} is longer than 64 KB: this is not the CSV expected."
        )


def _unclosed(line: int) -> ImportFileError:
    return ImportFileError(
        "unclosed_quote",
        f"The quotation mark opened on line {line} is never closed: add it, or get the file "
        "again if it was cut off. Nothing of it was taken in.",
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
