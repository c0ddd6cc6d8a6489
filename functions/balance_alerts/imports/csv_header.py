"""The header row of a CSV: which columns a file must have, and what is wrong with one that has not.

Columns may come in any order, but all must be there and no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from balance_alerts.imports.csv_records import Place, RawRecord, cells, old_line_ends, read_records
from balance_alerts.imports.problems import ImportFileError, LineError
from balance_alerts.imports.x12_segments import ByteStream


class CsvKind(StrEnum):
    """What a CSV file holds."""

    PATIENTS = "patients"
    ENTRIES = "entries"


COLUMNS: dict[CsvKind, tuple[str, ...]] = {
    CsvKind.PATIENTS: (
        "patient_id",
        "first_name",
        "last_name",
        "date_of_birth",
        "mobile",
        "email",
        "language",
        "time_zone",
        "member_ids",
        "text",
        "email_alerts",
        "consent_source",
        "consent_at",
    ),
    CsvKind.ENTRIES: (
        "entry_id",
        "patient_id",
        "case_id",
        "case_label",
        "kind",
        "amount",
        "recorded_at",
        "service_date",
        "cause",
        "payer",
        "method",
        "external_ref",
        "reverses",
        "description",
    ),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The columns in the file's order, and where its first line of data begins."""

    kind: CsvKind
    columns: tuple[str, ...]
    after: Place


def read_header(stream: ByteStream, kind: CsvKind) -> Header:
    """Read the header row.

    Raises:
        ImportFileError: `empty`, `no_header`, `wrong_columns`, or the file is no CSV in UTF-8.
    """
    return _header(read_records(stream), kind)


def check_csv(stream: ByteStream, kind: CsvKind) -> int:
    """Read the whole file and count its lines, so that an unreadable one changes nothing at all.

    Raises:
        ImportFileError: the file as a whole cannot be read.
    """
    records = read_records(stream)
    _header(records, kind)
    return sum(1 for record in records if not record.is_blank)


def guess_kind(first_line: str) -> CsvKind | None:
    """Which kind of CSV a header row belongs to, None if to none."""
    names = {name.strip().strip('"').lower() for name in first_line.split(",")}
    shared = {kind: len(names.intersection(columns)) for kind, columns in COLUMNS.items()}
    best = max(shared, key=lambda kind: shared[kind])
    return best if shared[best] * 2 > len(COLUMNS[best]) else None


def _header(records: Iterator[RawRecord], kind: CsvKind) -> Header:
    record = next(records, None)
    if record is None:
        raise ImportFileError("empty", "The file is empty; check that it is the right one.")
    if "\r" in record.text.rstrip("\r\n"):
        raise old_line_ends()
    try:
        columns = tuple(name.lower() for name in cells(record))
    except LineError as error:
        raise ImportFileError(error.code, error.message) from None
    _check(columns, kind, record)
    return Header(kind, columns, record.after)


def _check(columns: tuple[str, ...], kind: CsvKind, record: RawRecord) -> None:
    needed = COLUMNS[kind]
    if sorted(columns) == sorted(needed):
        return
    known = set(columns) & set(needed)
    if not known:
        raise _no_header(record, needed)
    # A line that is hardly a header may be a patient's: nothing of it is repeated.
    is_header = len(known) * 2 >= len(needed)
    problems = {
        "missing": [name for name in needed if name not in columns],
        "unknown": [name for name in columns if is_header and name not in needed],
        "there twice": [name for name in needed if columns.count(name) > 1],
    }
    said = "; ".join(
        f"{what}: {', '.join(name[:40] or '(no name)' for name in names)}"
        for what, names in problems.items()
        if names
    )
    raise ImportFileError(
        "wrong_columns",
        f"The columns are not those of {kind} files: {said}. Such a file has exactly the columns "
        f"{','.join(needed)}, in any order; leave cells empty where there is nothing to tell.",
    )


def _no_header(record: RawRecord, needed: tuple[str, ...]) -> ImportFileError:
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if needed[0] in record.text.lower().replace('"', "").split(separator):
            return ImportFileError(
                "wrong_separator",
                f"The columns are separated by {name}; save the file with commas between them.",
            )
    return ImportFileError(
        "no_header",
        f"Line {record.line} is not a header row. Put the names of the columns above the data: "
        f"{','.join(needed)}",
    )
