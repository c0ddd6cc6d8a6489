"""The sample practice on one day, read by the importers' own parsers, for the tests about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from balance_alerts.domain.insurance_claim import InsuranceClaim
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.csv_header import CsvKind, read_header
from balance_alerts.imports.csv_rows import EntryRow, read_rows
from balance_alerts.imports.problems import Refusal
from balance_alerts.imports.x12_835 import read_claims
from infra.local import sample

DAYS = [
    pytest.param(date(2026, 11, 23), id="the day it was written"),
    pytest.param(date(2026, 3, 8), id="clocks go forward"),
    pytest.param(date(2026, 3, 9), id="the day after clocks go forward"),
    pytest.param(date(2026, 11, 1), id="clocks go back"),
    pytest.param(date(2026, 12, 30), id="59 and 60 days after clocks went back"),
    pytest.param(date(2027, 2, 28), id="end of February"),
    pytest.param(date(2028, 2, 29), id="leap day"),
    pytest.param(date(2027, 1, 1), id="new year"),
    pytest.param(date(2026, 7, 31), id="summer"),
]
REMITTANCES = ("remittance-1.835", "remittance-2.835")
EXPECTED: dict[str, Any] = json.loads((sample.SAMPLE / "expected.json").read_text("utf-8"))
PATIENTS: dict[str, dict[str, Any]] = EXPECTED["patients"]


@dataclass(frozen=True, eq=False)
class SampleDay:
    """The sample on one day. `texts` are the plain files, `now` is the first look."""

    today: date
    now: datetime
    practice: Practice
    staff: dict[str, Any]
    patients: dict[str, PatientDetails]
    entries: list[EntryRow]
    claims: dict[str, list[InsuranceClaim]]
    texts: dict[str, str]


@lru_cache(maxsize=len(DAYS))
def sample_on(today: date) -> SampleDay:
    """The sample as rendered for `today`; the same object each time."""
    now = sample.first_look(today)
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        sample.render(directory, today)
        texts = {name: (directory / name).read_text("utf-8") for name in sample.TEMPLATES}
        profile = json.loads(texts["practice.json"])
        settings = sample.alert_settings(profile.pop("balance_alerts"))
        return SampleDay(
            today=today,
            now=now,
            practice=Practice(code="HPPT01", alerts=settings, **profile),
            staff=json.loads(texts["staff.json"]),
            patients={row.patient_id: row for row in _rows(directory, CsvKind.PATIENTS, now)},
            entries=list(_rows(directory, CsvKind.ENTRIES, now)),
            claims={name: _claims(directory / name) for name in REMITTANCES},
            texts=texts,
        )


def _rows(directory: Path, kind: CsvKind, now: datetime) -> Iterator[Any]:
    path = directory / f"{kind.value}.csv"
    with path.open("rb") as stream:
        header = read_header(stream, kind)
    with path.open("rb") as stream:
        stream.seek(header.after.offset)
        for line in read_rows(stream, header, now=now):
            assert not isinstance(line.row, Refusal), f"{path.name}:{line.number} {line.row}"
            yield line.row


def _claims(path: Path) -> list[InsuranceClaim]:
    with path.open("rb") as stream:
        found = [numbered.claim for numbered in read_claims(stream)]
    assert not [claim for claim in found if isinstance(claim, Refusal)]
    return [claim for claim in found if isinstance(claim, InsuranceClaim)]
