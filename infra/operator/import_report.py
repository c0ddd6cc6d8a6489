"""What became of imports, on the terminal and as CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from balance_alerts.store.imports import ImportKind, ImportRecord, Imports

UNITS = {
    ImportKind.PATIENTS: "patients",
    ImportKind.ENTRIES: "entries",
    ImportKind.REMITTANCE: "claims",
}
PRINTED = 20
_COLUMNS = ("read", "added", "changed", "unchanged", "parked", "refused")


def show(records: Sequence[tuple[str, ImportRecord]], refused_csv: Path | None) -> int:
    """Print the summary and the refused lines; returns 1 if a file was not taken in, else 0."""
    _table([(name, *_numbers(record)) for name, record in records])
    for name, record in records:
        _refused(name, record, all_in=refused_csv)
        if int(record.parked):
            print(
                f"{name}: {int(record.parked)} parked; decide on them with "
                f"balance-alerts parked {record.practice_id}"
            )
        if record.error_message is not None:
            print(f"{name}: not taken in: {record.error_message}")
        elif not record.finished:
            print(f"{name}: {record.state}")
    if refused_csv is not None:
        _write(records, refused_csv)
    return int(any(record.error_message is not None for _, record in records))


def show_list(records: Sequence[ImportRecord]) -> None:
    """Print imports, one a line, newest first."""
    if not records:
        print("no imports yet")
        return
    _table([(f"{x.import_id} {x.kind} {x.state}", *_numbers(x)) for x in records])


def _numbers(record: ImportRecord) -> tuple[str, ...]:
    counts = record.counts
    return tuple(
        str(number)
        for number in (
            int(record.lines_read),
            counts.added,
            counts.changed,
            counts.unchanged,
            counts.parked,
            counts.refused,
        )
    )


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    width = max(len(row[0]) for row in rows)
    print(" " * width + "".join(f"{column:>11}" for column in _COLUMNS))
    for name, *numbers in rows:
        print(f"{name:<{width}}" + "".join(f"{number:>11}" for number in numbers))


def _refused(name: str, record: ImportRecord, *, all_in: Path | None) -> None:
    if not int(record.refused):
        return
    unit = "segment" if record.kind == ImportKind.REMITTANCE else "line"
    lines = Imports().refused(record.practice_id, record.import_id)
    for refused in islice(lines, PRINTED):
        print(f"{name}: {unit} {refused.line} refused: {refused.message}")
    refusals = int(record.refused)
    if refusals > PRINTED:
        print(f"{name}: and {refusals - PRINTED} more")
    again = f"balance-alerts import-status {record.practice_id} {record.import_id}"
    where = f"in {all_in}" if all_in else f"from {again} --refused-csv PATH"
    sys.stdout.flush()  # what it is about comes before it, also where both go into one file
    print(
        f"{name}: {refusals:,} {unit}{'' if refusals == 1 else 's'} refused; all of them {where}",
        file=sys.stderr,
    )


def _write(records: Sequence[tuple[str, ImportRecord]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "code", "message"])
        for name, record in records:
            for refused in Imports().refused(record.practice_id, record.import_id):
                writer.writerow([name, refused.line, refused.code, refused.message])
