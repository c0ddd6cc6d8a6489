"""The search for personal values finds each of them, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from infra.local import sample
from tests.personal_values import PersonalValues

TODAY = date(2026, 3, 3)


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> PersonalValues:
    """Of the sample practice."""
    folder = tmp_path_factory.mktemp("sample")
    sample.render(folder, TODAY)
    found = PersonalValues()
    patients, entries, *remittances = (folder / name for name in sample.IMPORTS)
    found.add_patients_file(patients)
    found.add_entries_file(entries)
    for each in remittances:
        found.add_remittance(each)
    found.add_tokens(["abc234Zm9vYmFyYmF6cXV4MTIzNA"])
    return found


@pytest.mark.parametrize(
    "line",
    [
        '{"to": "+17745550101"}',
        "no route to (774) 555-0101",
        "774-555-0101 is on no account",
        "7745550101",
        "CONTACT#+17745550101",
        "CONTACT#harbor-point#dana.whitcomb@example.org",
        "/patients?query=Dana.Whitcomb%40example.org",
        "KeyError: 'Dana'",
        "LAST#whitcomb dana#HP-1001",
        "Hector Villasenor Paz",
        '{"last_name": "Villase\\u00f1or Paz"}',
        "born 1984-03-09",
        "born 03/09/1984",
        "born March 9, 1984",
        "datetime.date(1984, 3, 9)",
        "DTP*19840309",
        "you owe $118.25",
        '"owed": 11825',
        '{"amount_cents": 1}',
        '{"date_of_birth": null}',
        "GET /a/abc234Zm9vYmFyYmF6cXV4MTIzNA",
    ],
)
def test_it_finds(values: PersonalValues, line: str) -> None:
    assert list(values.found_in(f"INFO {line} after"))


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"INFO","message":"slice sent","practice_id":"harbor-point","sent":21}',
        '{"patient_id": "HP-1001", "timestamp": "2026-03-03 15:30:00,118+0000"}',
        "a digest 9f2a211825cc7745550101aa19840309",
        "waited 118.2511 seconds",
        "danas bordana",
    ],
)
def test_it_takes_nothing_else_for_one(values: PersonalValues, line: str) -> None:
    assert list(values.found_in(line)) == []
