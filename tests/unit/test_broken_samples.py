"""Each file in samples/broken has one fault, and is answered for that one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from balance_alerts.imports.csv_header import CsvKind, check_csv, read_header
from balance_alerts.imports.csv_rows import read_rows
from balance_alerts.imports.problems import ImportFileError, Refusal
from balance_alerts.imports.x12_835 import check_remittance
from infra.local import sample

BROKEN = sample.SAMPLE.parent / "broken"
NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)

WHOLE_FILES = {
    "patients-no-header.csv": "no_header",
    "patients-wrong-columns.csv": "wrong_columns",
    "patients-latin-1.csv": "not_utf8",
    "entries-wrong-columns.csv": "wrong_columns",
    "remittance-truncated.835": "truncated",
    "remittance-wrong-count.835": "broken_envelope",
}
ONE_LINE = {
    "entries-half-line.csv": (4, "wrong_number_of_cells", 2),
    "entries-million-dollar.csv": (4, "amount_too_large", 2),
    "patients-unknown-time-zone.csv": (2, "unknown_time_zone", 1),
    "patients-nine-digit-phone.csv": (2, "mobile_too_short", 1),
}


def _kind(path: Path) -> CsvKind:
    return CsvKind(path.name.split("-")[0])


def _check(path: Path) -> int:
    with path.open("rb") as stream:
        return check_remittance(stream) if path.suffix == ".835" else check_csv(stream, _kind(path))


@pytest.mark.parametrize(("name", "code"), WHOLE_FILES.items())
def test_nothing_of_an_unreadable_file_is_taken_in(name: str, code: str) -> None:
    with pytest.raises(ImportFileError) as refusal:
        _check(BROKEN / name)
    assert refusal.value.code == code


@pytest.mark.parametrize(("name", "fault"), ONE_LINE.items())
def test_a_bad_line_is_refused_alone(name: str, fault: tuple[int, str, int]) -> None:
    path = BROKEN / name
    with path.open("rb") as stream:
        header = read_header(stream, _kind(path))
    with path.open("rb") as stream:
        stream.seek(header.after.offset)
        lines = list(read_rows(stream, header, now=NOW))

    refused = [line.row for line in lines if isinstance(line.row, Refusal)]
    assert [(row.line, row.code, len(lines) - len(refused)) for row in refused] == [fault]


def test_the_table_in_the_readme_names_every_file() -> None:
    readme = (BROKEN / "README.md").read_text("utf-8")
    files = {path.name for path in BROKEN.iterdir()} - {"README.md"}
    assert files == WHOLE_FILES.keys() | ONE_LINE.keys()
    assert not [name for name in files if f"`{name}`" not in readme]
