"""The sample's remittances are proper 835s, and show what the importer must tell apart."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.unit.sample_day import DAYS, REMITTANCES, sample_on


@pytest.mark.parametrize("name", REMITTANCES)
@pytest.mark.parametrize("today", DAYS)
def test_remittances_balance(today: date, name: str) -> None:
    """What X12 asks of each: a claim is paid its charge less its adjustments, as is a line."""
    day = sample_on(today)
    text = day.texts[name]
    assert len(text.split("\n")[0]) == 106
    paid_out = claims_paid = 0
    for transaction in re.split(r"(?=ST\*835)", text.replace("\n", ""))[1:]:
        segments = [segment.split("*") for segment in transaction.split("~")]
        end = next(i for i, segment in enumerate(segments) if segment[0] == "SE")
        assert segments[end][1:] == [str(end + 1), segments[0][2]]
        paid_out += _cents(next(s for s in segments if s[0] == "BPR")[2])
        claims_paid += sum(_cents(s[4]) for s in segments if s[0] == "CLP")
        for claim in re.split(r"(?=CLP\*)", transaction.split("SE*")[0])[1:]:
            _check_claim([segment.split("*") for segment in claim.split("~") if segment])
    assert paid_out == claims_paid > 0


def _check_claim(segments: list[list[str]]) -> None:
    claim = segments[0]
    services = [segment for segment in segments if segment[0] == "SVC"]
    assert sum(_cents(service[2]) for service in services) == _cents(claim[3]), claim[1]
    assert _cents(claim[3]) - _adjusted(segments) == _cents(claim[4]), claim[1]
    for service in re.split(r"(?=SVC\*)", "~".join("*".join(s) for s in segments))[1:]:
        lines = [segment.split("*") for segment in service.split("~") if segment]
        assert _cents(lines[0][2]) - _adjusted(lines) == _cents(lines[0][3]), claim[1]


def _adjusted(segments: list[list[str]]) -> int:
    return sum(_cents(a) for s in segments if s[0] == "CAS" for a in s[3::3])


def _cents(dollars: str) -> int:
    return round(float(dollars) * 100)


@pytest.mark.parametrize("today", DAYS)
def test_remittances_show_what_the_importer_must_tell_apart(today: date) -> None:
    day = sample_on(today)
    first, second = (day.claims[name] for name in REMITTANCES)
    levels = {claim.case_id: claim.responsibility_cents for claim in first}
    later = {claim.case_id: claim for claim in second if claim.status == "1"}

    assert {claim.status for claim in first + second} == {"1", "2", "4", "19", "21", "22"}
    assert {claim.payer for claim in second} == {"TIDEMARK HEALTH PLAN", "GRANITE COAST MUTUAL"}
    assert any(levels.get(case, 0) < claim.responsibility_cents for case, claim in later.items())
    assert any(levels.get(case, 0) > claim.responsibility_cents for case, claim in later.items())
    assert {claim.remarks for claim in first} == {frozenset(), frozenset({"N781"})}
    assert {cause for claim in first for cause in claim.causes} == {
        "deductible", "coinsurance", "copay",
    }  # fmt: skip
    assert all(claim.recorded_on < day.today for claim in first + second)
