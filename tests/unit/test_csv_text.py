"""Tables that staff open in a spreadsheet."""

from __future__ import annotations

import pytest

from balance_alerts.http_api.csv_text import csv_text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("@sum", "'@sum"),
        ("-x", "'-x"),
        (None, '""'),
        (-5, "-5"),
        ('say "hi", now', '"say ""hi"", now"'),
    ],
)
def test_no_cell_is_taken_for_a_formula(value: object, cell: str) -> None:
    assert csv_text(("a",), [(value,)]) == f"a\r\n{cell}\r\n"
