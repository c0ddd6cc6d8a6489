from __future__ import annotations

from pathlib import Path

import pytest

from balance_alerts.imports.csv_header import COLUMNS, CsvKind
from balance_alerts.store.imports import ImportKind
from infra.operator.import_file import checked_file, kind_of
from infra.operator.stack import CommandError
from tests.unit.imports.remittances import claim_segments, remittance

ENTRIES = ",".join(COLUMNS[CsvKind.ENTRIES]).encode()
PATIENTS = ",".join(COLUMNS[CsvKind.PATIENTS]).encode()
REMITTANCE = remittance(claim_segments("A"), claim_segments("B"))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("export.txt", ENTRIES, ImportKind.ENTRIES, id="entries"),
        pytest.param("export.txt", b"\xef\xbb\xbf" + PATIENTS, ImportKind.PATIENTS, id="patients"),
        pytest.param("entries.csv", PATIENTS, ImportKind.PATIENTS, id="header-before-name"),
        pytest.param("x", b"\r\n" + REMITTANCE, ImportKind.REMITTANCE, id="835"),
        pytest.param("my-patients.csv", b"P-1,Ana", ImportKind.PATIENTS, id="by-name"),
        pytest.param("Entries.csv", b"E-1,P-1", ImportKind.ENTRIES, id="by-name-2"),
        pytest.param("paid.835", b"", ImportKind.REMITTANCE, id="by-suffix"),
    ],
)
def test_what_a_file_holds_is_told_by_its_first_line_then_by_its_name(
    tmp_path: Path, name: str, content: bytes, kind: ImportKind
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert kind_of(path) is kind


def test_where_neither_tells_the_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"1,2,3\n")
    with pytest.raises(CommandError, match=r"patient_id.*--kind"):
        kind_of(path)


def test_a_file_is_measured_before_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "paid.edi"
    path.write_bytes(REMITTANCE)
    file = checked_file(path, None)
    assert (file.kind, file.lines, file.size) == (ImportKind.REMITTANCE, 2, len(REMITTANCE))


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        pytest.param(REMITTANCE[:-20], None, "cut off", id="truncated-835"),
        pytest.param(ENTRIES + b"\n\xe9", None, "UTF-8", id="latin-1"),
        pytest.param(b"E-1,P-1\n", ImportKind.ENTRIES, "not a header row", id="no-header"),
        pytest.param(PATIENTS, ImportKind.ENTRIES, "missing: entry_id", id="other-kind"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_not_sent(
    tmp_path: Path, content: bytes, kind: ImportKind | None, said: str
) -> None:
    path = tmp_path / "export"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=said) as refused:
        checked_file(path, kind)
    assert str(path) in str(refused.value)
