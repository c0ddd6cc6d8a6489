from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.domain.patient import Consent, PatientDetails
from balance_alerts.imports.csv_header import COLUMNS, CsvKind, check_csv, guess_kind, read_header
from balance_alerts.imports.csv_rows import EntryRow, Line, read_rows
from balance_alerts.imports.problems import ImportFileError, Refusal

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

PATIENT = {
    "patient_id": "P-1",
    "first_name": "Ana",
    "last_name": "Ibarra",
    "date_of_birth": "1980-02-29",
    "mobile": "(617) 555-0123",
    "email": "ana@example.org",
    "language": "es",
    "time_zone": "America/Denver",
    "member_ids": "abc 123; XYZ9",
    "text": "yes",
    "email_alerts": "no",
    "consent_source": "intake form",
    "consent_at": "2026-10-01T09:30:00-04:00",
}
ENTRY = {
    "entry_id": "E-1",
    "patient_id": "P-1",
    "case_id": "knee",
    "case_label": "Left knee",
    "kind": "responsibility",
    "amount": "1,234.50",
    "recorded_at": "2026-11-20T18:00:00-05:00",
    "service_date": "2026-11-02",
    "cause": "copay",
    "payer": "Example Health",
    "method": "",
    "external_ref": "",
    "reverses": "",
    "description": "Visit, 45 minutes",
}
GOOD = {CsvKind.PATIENTS: PATIENT, CsvKind.ENTRIES: ENTRY}


def csv_file(kind: CsvKind, *rows: dict[str, str], columns: tuple[str, ...] = ()) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or COLUMNS[kind])
    writer.writeheader()
    writer.writerows(GOOD[kind] | row for row in rows)
    return text.getvalue().encode()


def lines_of(data: bytes, kind: CsvKind) -> list[Line]:
    header = read_header(io.BytesIO(data), kind)
    return list(read_rows(io.BytesIO(data[header.after.offset :]), header, now=NOW))


def only_row(kind: CsvKind, **changes: str) -> PatientDetails | EntryRow | Refusal:
    (line,) = lines_of(csv_file(kind, changes), kind)
    return line.row


def test_a_patient_line_becomes_details() -> None:
    assert only_row(CsvKind.PATIENTS) == PatientDetails(
        patient_id="P-1",
        first_name="Ana",
        last_name="Ibarra",
        date_of_birth=date(1980, 2, 29),
        mobile="+16175550123",
        email="ana@example.org",
        language="es",
        time_zone="America/Denver",
        member_ids=frozenset({"ABC123", "XYZ9"}),
        text=True,
        email_alerts=False,
        consent=Consent("intake form", datetime(2026, 10, 1, 13, 30, tzinfo=UTC)),
    )


def test_blank_cells_say_nothing() -> None:
    blank = dict.fromkeys(PATIENT, "") | {"patient_id": "P-1"}
    assert only_row(CsvKind.PATIENTS, **blank) == PatientDetails(patient_id="P-1")


def test_consent_on_a_paper_form_has_a_date_only() -> None:
    row = only_row(CsvKind.PATIENTS, consent_at="2026-10-01")
    assert isinstance(row, PatientDetails)
    assert row.consent == Consent("intake form", datetime(2026, 10, 1, 12, tzinfo=UTC))


def test_an_entry_line_becomes_a_ledger_entry() -> None:
    assert only_row(CsvKind.ENTRIES) == EntryRow(
        patient_id="P-1",
        entry=LedgerEntry(
            entry_id="E-1",
            kind=EntryKind.RESPONSIBILITY,
            amount_cents=1234_50,
            case_id="knee",
            case_label="Left knee",
            recorded_at=datetime(2026, 11, 20, 23, 0, tzinfo=UTC),
            service_date=date(2026, 11, 2),
            cause="copay",
            payer="Example Health",
            description="Visit, 45 minutes",
        ),
    )


@pytest.mark.parametrize(
    ("kind", "column", "value", "code", "said"),
    [
        pytest.param(*case, id=f"{case[1]}-{case[3]}")
        for case in [
            (CsvKind.PATIENTS, "patient_id", "", "missing_value", "cannot be empty"),
            (CsvKind.PATIENTS, "patient_id", "P 1", "bad_id", "1 to 64"),
            (CsvKind.PATIENTS, "first_name", "x" * 101, "too_long", "100"),
            (CsvKind.PATIENTS, "date_of_birth", "02/29/1980", "bad_date", "2026-11-23"),
            (CsvKind.PATIENTS, "date_of_birth", "2981-02-28", "implausible_date", "check it"),
            (CsvKind.PATIENTS, "mobile", "617555012", "mobile_too_short", "9"),
            (CsvKind.PATIENTS, "email", "ana@", "", ""),
            (CsvKind.PATIENTS, "language", "fr", "bad_choice", "en, es"),
            (CsvKind.PATIENTS, "time_zone", "America/New_Yrok", "unknown_time_zone", "New_York"),
            (CsvKind.PATIENTS, "time_zone", "Mars/Base", "unknown_time_zone", "Los_Angeles"),
            (CsvKind.PATIENTS, "member_ids", "1" * 90, "too_long", ";"),
            (CsvKind.PATIENTS, "member_ids", ";".join("ABCDEFGHIJKLMNOPQRSTU"), "", "at most 20"),
            (CsvKind.PATIENTS, "text", "perhaps", "bad_yes_no", "yes or no"),
            (CsvKind.PATIENTS, "consent_source", "", "consent_missing", "consent"),
            (CsvKind.PATIENTS, "consent_at", "", "consent_missing", "consent"),
            (CsvKind.PATIENTS, "consent_at", "yesterday", "bad_instant", "2026-11-23T"),
            (CsvKind.PATIENTS, "consent_at", "2027-10-01", "implausible_date", "ahead"),
            (CsvKind.ENTRIES, "entry_id", "", "missing_value", "cannot be empty"),
            (CsvKind.ENTRIES, "kind", "gift", "bad_choice", "responsibility"),
            (CsvKind.ENTRIES, "amount", "1250000.00", "amount_too_large", "$100,000"),
            (CsvKind.ENTRIES, "amount", "12.345", "too_many_decimals", "cents"),
            (CsvKind.ENTRIES, "amount", "", "missing_value", "cannot be empty"),
            (CsvKind.ENTRIES, "recorded_at", "2026-11-20", "bad_instant", "-05:00"),
            (CsvKind.ENTRIES, "recorded_at", "2026-11-20T18:00:00", "bad_instant", "offset"),
            (CsvKind.ENTRIES, "recorded_at", "2026-13-20T18:00:00Z", "bad_instant", "offset"),
            (CsvKind.ENTRIES, "recorded_at", "0001-01-01T00:00:00+05:00", "bad_instant", ""),
            (CsvKind.ENTRIES, "recorded_at", "0026-01-01T00:00:00Z", "bad_date", "year"),
            (CsvKind.ENTRIES, "service_date", "20261102", "bad_date", "2026-11-23"),
            (CsvKind.ENTRIES, "reverses", "not an id", "bad_id", "1 to 64"),
        ]
    ],
)
def test_a_bad_cell_is_refused_with_line_and_column(
    kind: CsvKind, column: str, value: str, code: str, said: str
) -> None:
    good, bad, also_good = lines_of(csv_file(kind, {}, {column: value}, {}), kind)
    assert not isinstance(good.row, Refusal)
    assert good.row == also_good.row
    assert isinstance(bad.row, Refusal)
    assert bad.row.line == bad.number == 3
    assert bad.row.code == (code or bad.row.code)
    assert column in bad.row.message.split(":")[0]
    assert said in bad.row.message


@pytest.mark.parametrize("column", sorted(PATIENT))
def test_a_refusal_repeats_nothing_of_the_patient(column: str) -> None:
    row = only_row(CsvKind.PATIENTS, **{"language": "xx", column: "Secret Ivy Street"})
    assert isinstance(row, Refusal)
    assert "Secret" not in row.message


def test_a_misspelt_time_zone_is_not_repeated() -> None:
    row = only_row(CsvKind.PATIENTS, time_zone="Maya Okafor/New_Yrok")
    assert isinstance(row, Refusal)
    assert "America/New_York" in row.message
    assert "Okafor" not in row.message


@pytest.mark.parametrize(
    ("names", "code"),
    [
        pytest.param("P-1,Maya,Okafor,Secret", "no_header", id="no-column"),
        pytest.param("email,cause,payer,Secret", "wrong_columns", id="a-few"),
        pytest.param(
            "patient_id,case_id,kind,cause,payer,amount,Secret", "wrong_columns", id="almost-half"
        ),
    ],
)
def test_a_first_line_that_is_hardly_a_header_is_not_repeated(names: str, code: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        check_csv(io.BytesIO(f"{names}\n".encode()), CsvKind.ENTRIES)
    assert refused.value.code == code
    assert "secret" not in refused.value.message.lower()


def test_half_a_line_is_refused_and_says_so() -> None:
    data = csv_file(CsvKind.ENTRIES, {}, {})[:-60]
    good, half = lines_of(data, CsvKind.ENTRIES)
    assert isinstance(good.row, EntryRow)
    assert isinstance(half.row, Refusal)
    assert (half.row.line, half.row.code) == (3, "wrong_number_of_cells")


def test_columns_may_come_in_any_order() -> None:
    data = csv_file(CsvKind.ENTRIES, {}, columns=tuple(sorted(ENTRY)))
    (line,) = lines_of(data, CsvKind.ENTRIES)
    assert isinstance(line.row, EntryRow)
    assert line.row.entry.amount_cents == 1234_50


def test_empty_rows_of_a_spreadsheet_are_no_lines() -> None:
    data = csv_file(CsvKind.ENTRIES, {}) + b",,,,,,,,,,,,,\r\n \r\n"
    assert len(lines_of(data, CsvKind.ENTRIES)) == check_csv(io.BytesIO(data), CsvKind.ENTRIES) == 1


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        pytest.param(b"", "empty", "empty", id="empty"),
        pytest.param(b"\n \n", "empty", "empty", id="blank"),
        pytest.param(
            csv_file(CsvKind.ENTRIES, {}).split(b"\n", 1)[1],
            "no_header",
            "entry_id,",
            id="no-header",
        ),
        pytest.param(
            csv_file(CsvKind.ENTRIES, {}).replace(b",amount,", b",total,"),
            "wrong_columns",
            "missing: amount; unknown: total",
            id="wrong-columns",
        ),
        pytest.param(
            csv_file(CsvKind.ENTRIES, {}).replace(b",cause,", b",payer,"),
            "wrong_columns",
            "there twice: payer",
            id="column-twice",
        ),
        pytest.param(
            csv_file(CsvKind.PATIENTS, {}), "wrong_columns", "missing: entry_id", id="other-kind"
        ),
        pytest.param(
            csv_file(CsvKind.ENTRIES, {}).replace(b",", b";"),
            "wrong_separator",
            "semicolons",
            id="semicolons",
        ),
        pytest.param(
            csv_file(CsvKind.ENTRIES, {}, {"case_label": "Años"}).decode().encode("latin-1"),
            "not_utf8",
            "Line 3",
            id="latin-1",
        ),
        pytest.param(
            csv_file(CsvKind.ENTRIES, {}).replace(b"\r\n", b"\r"),
            "old_line_ends",
            "CR",
            id="old-mac",
        ),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused(data: bytes, code: str, said: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        check_csv(io.BytesIO(data), CsvKind.ENTRIES)
    assert refused.value.code == code
    assert said in refused.value.message


@pytest.mark.parametrize("kind", list(CsvKind))
def test_the_kind_of_a_file_is_guessed_from_its_header(kind: CsvKind) -> None:
    first_line = csv_file(kind).decode().splitlines()[0]
    assert guess_kind(first_line) is kind
    assert guess_kind("name,phone") is None


class ManyEntries:
    """A file of 100,000 entries that is nowhere in memory as a whole."""

    def __init__(self, count: int) -> None:
        self._lines = self._write(count)
        self._rest = b""

    @staticmethod
    def _write(count: int) -> Iterator[bytes]:
        head, line = csv_file(CsvKind.ENTRIES, {}).splitlines(keepends=True)
        yield head
        for number in range(count):
            yield line.replace(b"E-1", b"E-%d" % number, 1)

    def read(self, size: int = -1, /) -> bytes:
        while len(self._rest) < size and (line := next(self._lines, None)) is not None:
            self._rest += line
        block, self._rest = self._rest[:size], self._rest[size:]
        return block


def test_memory_stays_flat_over_a_hundred_thousand_entries() -> None:
    assert check_csv(ManyEntries(100_000), CsvKind.ENTRIES) == 100_000
    stream = ManyEntries(20_000)
    header = read_header(io.BytesIO(csv_file(CsvKind.ENTRIES)), CsvKind.ENTRIES)
    stream.read(header.after.offset)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_rows(stream, header, now=NOW)) == 20_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
