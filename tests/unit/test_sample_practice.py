"""The sample practice's files are whole on any day, and look like those of a clinic."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time
from pathlib import Path

import phonenumbers
import pytest

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.ledger import EntryKind, check_entry
from infra.local import sample
from tests.unit.sample_day import DAYS, EXPECTED, PATIENTS, REMITTANCES, sample_on


@pytest.mark.parametrize("today", DAYS)
def test_every_placeholder_is_filled_in(today: date) -> None:
    day = sample_on(today)
    assert set(day.texts) == set(sample.TEMPLATES)
    assert not [name for name, text in day.texts.items() if "today" in text]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{today}", "2026-11-01"),
        ("{today-1}", "2026-10-31"),
        ("{today+61}", "2027-01-01"),
        ("{at today 09:00}", "2026-11-01T09:00:00-05:00"),
        ("{at today-1 09:00}", "2026-10-31T09:00:00-04:00"),
        ("{yyyymmdd today-12}", "20261020"),
        ("{yymmdd today-12}*0618", "261020*0618"),
        ('{"json": {}}', '{"json": {}}'),
    ],
)
def test_a_placeholder_becomes_a_date_or_a_wall_time(template: str, text: str) -> None:
    zone = sample.practice_zone()
    assert sample.fill_in(template, today=date(2026, 11, 1), zone=zone) == text


def test_the_command_says_if_no_stack_answers_whose_day_to_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BALANCE_ALERTS_LOCAL", "127.0.0.1:9")
    with pytest.raises(SystemExit):
        sample.main([str(tmp_path)])
    assert "no local stack answers at http://127.0.0.1:9" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample.main([str(tmp_path / "new" / "folder"), "--today", "2026-11-23"])

    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == set(sample.TEMPLATES)
    assert "remittance-2.835" in capsys.readouterr().out


def test_the_local_day_is_the_practice_s() -> None:
    assert sample.local_day(datetime(2026, 11, 23, 4, 59, tzinfo=UTC)) == date(2026, 11, 22)


@pytest.mark.parametrize("today", DAYS)
def test_counts_are_those_expected(today: date) -> None:
    day = sample_on(today)
    imports = EXPECTED["imports"]
    assert len(day.patients) == imports["patients.csv"]["lines"] == len(PATIENTS) >= 60
    assert len(day.entries) == imports["entries.csv"]["lines"]
    for name in REMITTANCES:
        counts = dict(imports[name])
        assert 0 < counts.pop("entries") <= counts["posted"]
        assert len(day.claims[name]) == counts.pop("claims") == sum(counts.values())


# -- patients


@pytest.mark.parametrize("today", DAYS)
def test_people_are_invented(today: date) -> None:
    """Numbers from the range kept for fiction, addresses from domains kept for examples."""
    day = sample_on(today)
    rows = list(csv.DictReader(io.StringIO(day.texts["patients.csv"])))
    for row in rows:
        if row["email"]:
            assert re.fullmatch(r"[a-z.-]+@example\.(com|net|org)", row["email"])
        if row["mobile"]:
            number = phonenumbers.parse(row["mobile"], "US")
            assert phonenumbers.is_possible_number(number)
            assert phonenumbers.is_valid_number(number)
            assert 5550100 <= (number.national_number or 0) % 10_000_000 <= 5550199
    names = Counter((row["first_name"], row["last_name"]) for row in rows)
    assert set(names.values()) == {1}


@pytest.mark.parametrize("today", DAYS)
def test_patients_show_languages_zones_and_shared_contacts(today: date) -> None:
    day = sample_on(today)
    patients = day.patients.values()
    assert sum(patient.language == "es" for patient in patients) >= 5
    assert {patient.time_zone for patient in patients} >= {"America/Phoenix", "Pacific/Honolulu"}
    for contacts in ([p.mobile for p in patients], [p.email for p in patients]):
        shared = [many for one, many in Counter(contacts).items() if one and many > 1]
        assert len(shared) >= 2


@pytest.mark.parametrize("today", DAYS)
def test_an_initial_is_expected_exactly_where_a_contact_is_shared(today: date) -> None:
    day = sample_on(today)
    users: dict[str | None, list[str]] = defaultdict(list)
    for patient in day.patients.values():
        for channel in Channel:
            users[patient.contact(channel)].append(patient.patient_id)
    for patient_id, expected in PATIENTS.items():
        patient = day.patients[patient_id]
        initials = {
            channel: (patient.first_name or "")[0]
            for channel in expected["channels"]
            if len(users[patient.contact(Channel(channel))]) > 1
        }
        assert expected["shared_initial"] == initials, patient_id


# -- entries


@pytest.mark.parametrize("today", DAYS)
def test_entries_are_unique_and_refer_to_what_exists(today: date) -> None:
    day = sample_on(today)
    ids = Counter(row.entry.entry_id for row in day.entries)
    assert set(ids.values()) == {1}
    by_id = {row.entry.entry_id: row for row in day.entries}
    cases: dict[str, set[str]] = defaultdict(set)
    for row in day.entries:
        assert row.patient_id in day.patients
        cases[row.entry.case_id].add(row.patient_id)
        if row.entry.reverses:
            cancelled = by_id[row.entry.reverses]
            assert cancelled.patient_id == row.patient_id
            assert cancelled.entry.signed_cents == -row.entry.signed_cents
            assert cancelled.entry.recorded_at < row.entry.recorded_at
    assert {len(owners) for owners in cases.values()} == {1}


@pytest.mark.parametrize("today", DAYS)
def test_entries_look_like_those_of_a_clinic(today: date) -> None:
    day = sample_on(today)
    opens = datetime.combine(day.today, time(9), sample.practice_zone())
    for row in day.entries:
        entry = row.entry
        check_entry(entry, day.now)
        assert entry.recorded_at < opens, f"{entry.entry_id} lies ahead"
        if entry.kind is EntryKind.RESPONSIBILITY:
            assert entry.service_date is not None
            assert entry.service_date < entry.recorded_at.astimezone(opens.tzinfo).date()
            assert entry.amount_cents <= 240_00
            if entry.cause == "copay":
                assert 25_00 <= entry.amount_cents <= 60_00
            if entry.cause == "deductible":
                assert 110_00 <= entry.amount_cents <= 240_00
