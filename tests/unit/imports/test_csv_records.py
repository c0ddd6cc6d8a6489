from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balance_alerts.imports.csv_records import LINES_A_RECORD, LONGEST_RECORD, cells, read_records
from balance_alerts.imports.problems import ImportFileError, LineError

CELL = st.text(st.sampled_from('a,"\n\r é\u2028'), max_size=2)
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=12)


def written(rows: list[list[str]], line_end: str = "\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


class InPieces(io.BytesIO):
    """A stream that gives what the network gives: fewer bytes than asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 3, 3))


@given(ROWS)
def test_records_are_those_of_the_csv_module(rows: list[list[str]]) -> None:
    data = written(rows)
    expected = [
        [cell.strip() for cell in row]
        for row in csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    ]
    assert [cells(record) for record in read_records(io.BytesIO(data))] == expected


@given(ROWS, st.sampled_from(["\n", "\r\n"]))
def test_a_reader_that_goes_on_at_any_record_reads_the_same(
    rows: list[list[str]], line_end: str
) -> None:
    data = written(rows, line_end)
    records = list(read_records(io.BytesIO(data)))
    for count, record in enumerate(records, start=1):
        rest = InPieces(data[record.after.offset :])
        assert list(read_records(rest, record.after)) == records[count:]


def test_lines_are_counted_over_quoted_line_breaks_and_blank_lines() -> None:
    data = b'a,b\n"one\ntwo",x\n\n3,4'
    assert [(r.line, r.after) for r in read_records(io.BytesIO(data))] == [
        (1, (4, 2)),
        (2, (16, 4)),
        (5, (20, 6)),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_cell() -> None:
    (record,) = read_records(io.BytesIO(b"\xef\xbb\xbfpatient_id\n"))
    assert cells(record) == ["patient_id"]


def test_a_quotation_mark_within_an_unquoted_cell_is_a_letter() -> None:
    records = list(read_records(io.BytesIO(b'5" band,1\nnext,2\n')))
    assert [cells(record) for record in records] == [['5" band', "1"], ["next", "2"]]


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        pytest.param(b"a\nb\ncaf\xe9\n", "not_utf8", "Line 3", id="latin-1"),
        pytest.param(b'a\n"b\n\xe9"\n', "not_utf8", "Line 3", id="latin-1-in-quotes"),
        pytest.param("a,b\n".encode("utf-16"), "nul_bytes", "Line 1", id="utf-16"),
        pytest.param(b"a\nb\x00\n", "nul_bytes", "Line 2", id="nul"),
        pytest.param(b"a,b\r1,2\r" * 10_000, "old_line_ends", "CR", id="old-mac"),
        pytest.param(b"a" * (LONGEST_RECORD + 1), "record_too_long", "Line 1", id="no-lines"),
    ],
)
def test_an_unreadable_file_is_refused_with_the_line(data: bytes, code: str, said: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        list(read_records(io.BytesIO(data)))
    assert refused.value.code == code
    assert said in refused.value.message


def read(data: bytes) -> list[tuple[int, list[str] | str]]:
    """The line of each record, with its cells or the code of its refusal."""
    found: list[tuple[int, list[str] | str]] = []
    for record in read_records(io.BytesIO(data)):
        try:
            found.append((record.line, cells(record)))
        except LineError as error:
            found.append((record.line, error.code))
    return found


@pytest.mark.parametrize("lines_after", [0, 1, LINES_A_RECORD - 1, LINES_A_RECORD, 5_000])
def test_a_quotation_mark_that_opens_nothing_costs_its_own_line(lines_after: int) -> None:
    good = [(number + 3, [f"{number}", "x"]) for number in range(lines_after)]
    data = 'a,b\n"1,x\n' + "".join(f"{number},x\n" for number in range(lines_after))
    assert read(data.encode()) == [(1, ["a", "b"]), (2, "bad_quotes"), *good]


def test_of_a_file_cut_off_within_quotes_the_half_line_alone_is_refused() -> None:
    assert read(b'a,b\n1,"x\ny"\n2,"z') == [(1, ["a", "b"]), (2, ["1", "x\ny"]), (4, "bad_quotes")]


def test_a_quotation_mark_amid_long_lines_costs_its_own_line() -> None:
    long = "x" * (LONGEST_RECORD // 2)
    data = f'"1,a\n2,{long}\n3,{long}\n4,{long}"\n'
    assert [line for line, cells in read(data.encode()) if cells == "bad_quotes"] == [1]


def test_misplaced_quotation_marks_concern_one_record() -> None:
    bad, good = read_records(io.BytesIO(b'"a"b,c\nd,e\n'))
    with pytest.raises(LineError) as refused:
        cells(bad)
    assert refused.value.code == "bad_quotes"
    assert cells(good) == ["d", "e"]


def test_letters_that_were_lost_before_concern_one_record() -> None:
    data = '1,N\ufffd\ufffdez\n2,"a\n\ufffd"\n3,N\u00fa\u00f1ez\n'
    assert read(data.encode()) == [
        (1, "lost_letters"),
        (2, "lost_letters"),
        (4, ["3", "N\u00fa\u00f1ez"]),
    ]
    lost, *_ = read_records(io.BytesIO(data.encode()))
    with pytest.raises(LineError, match="The line has letters that were lost") as refused:
        cells(lost)
    assert "ez" not in refused.value.message, "nothing of the line is repeated"


def test_a_record_over_several_lines_that_cannot_be_read_names_them() -> None:
    (record,) = read_records(io.BytesIO(b'x,"a\nb"c,d\n'))
    with pytest.raises(LineError, match="Lines 1 to 2"):
        cells(record)
