from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from balance_alerts.domain.claim_level import (
    Change,
    ClaimError,
    Level,
    Parked,
    ParkReason,
    Skipped,
    Verdict,
    judge,
)
from balance_alerts.domain.insurance_claim import Adjudication, InsuranceClaim
from balance_alerts.domain.ledger import EntryKind

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
CLAIM = InsuranceClaim(
    key="835-new",
    number=8,
    case_id="case",
    status="1",
    charge_cents=100_00,
    paid_cents=40_00,
    responsibility_cents=60_00,
    causes=("deductible", "copay"),
    payer="Example Health",
    payer_claim_id="icn-2",
    service_on=date(2026, 11, 2),
    recorded_on=date(2026, 11, 20),
)
LEVEL = Level(
    cents=100_00,
    recorded_on=date(2026, 11, 10),
    service_on=date(2026, 11, 2),
    payer_claim_ids=frozenset({"icn-1"}),
    keys=("835-old",),
)


def judged(
    *levels: Level,
    corrects: InsuranceClaim | None = None,
    other_coverage: bool = False,
    released: bool = False,
    **changes: Any,
) -> Verdict:
    return judge(
        Adjudication(replace(CLAIM, **changes), corrects),
        levels,
        other_coverage=other_coverage,
        time_zone="America/New_York",
        now=NOW,
        released=released,
    )


def posted(verdict: Verdict) -> tuple[EntryKind, int] | None:
    assert isinstance(verdict, Change)
    return verdict.entry and (verdict.entry.kind, verdict.entry.amount_cents)


def test_a_first_level_is_responsibility_at_noon_of_the_remittance_s_day() -> None:
    verdict = judged()
    assert isinstance(verdict, Change)
    entry = verdict.entry
    assert entry is not None
    assert (entry.entry_id, entry.kind, entry.amount_cents, entry.case_id) == (
        "835-new",
        EntryKind.RESPONSIBILITY,
        60_00,
        "case",
    )
    assert entry.recorded_at == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert (entry.service_date, entry.cause, entry.payer) == (
        date(2026, 11, 2),
        "deductible, copay",
        "Example Health",
    )
    assert verdict.levels == (
        Level(
            cents=60_00,
            recorded_on=date(2026, 11, 20),
            service_on=date(2026, 11, 2),
            payer_claim_ids=frozenset({"icn-2"}),
            keys=("835-new",),
        ),
    )


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        pytest.param(130_00, (EntryKind.RESPONSIBILITY, 30_00), id="more"),
        pytest.param(60_00, (EntryKind.ADJUSTMENT, -40_00), id="less"),
        pytest.param(0, (EntryKind.ADJUSTMENT, -100_00), id="nothing"),
        pytest.param(100_00, None, id="the-same"),
    ],
)
def test_a_later_level_posts_the_difference(
    cents: int, expected: tuple[EntryKind, int] | None
) -> None:
    assert posted(judged(LEVEL, responsibility_cents=cents)) == expected


def test_a_level_of_nothing_is_remembered_without_an_entry() -> None:
    verdict = judged(responsibility_cents=0)
    assert isinstance(verdict, Change)
    assert verdict.entry is None
    assert posted(judged(*verdict.levels, key="835-next", recorded_on=date(2026, 11, 21))) == (
        EntryKind.RESPONSIBILITY,
        60_00,
    )


def test_a_reversal_takes_the_whole_level_back() -> None:
    verdict = judged(LEVEL, status="22", responsibility_cents=-100_00)
    assert posted(verdict) == (EntryKind.ADJUSTMENT, -100_00)


def test_a_reversal_and_its_correction_are_one_change() -> None:
    reversal = replace(CLAIM, status="22", key="835-reversal")
    assert posted(judged(LEVEL, corrects=reversal)) == (EntryKind.ADJUSTMENT, -40_00)


@pytest.mark.parametrize(
    ("changes", "outdated"),
    [
        pytest.param({"key": "835-old"}, False, id="seen-before"),
        pytest.param({"recorded_on": date(2026, 11, 9)}, True, id="older"),
        pytest.param({"recorded_on": date(2026, 11, 9), "status": "19"}, True, id="older-parked"),
    ],
)
def test_what_was_seen_or_is_older_is_skipped(changes: dict[str, Any], outdated: bool) -> None:
    assert judged(LEVEL, **changes) == Skipped(outdated)


def test_of_two_decisions_of_one_day_the_one_that_comes_later_counts() -> None:
    again = judged(LEVEL, recorded_on=LEVEL.recorded_on, payer_claim_id="icn-1")
    assert posted(again) == (EntryKind.ADJUSTMENT, -40_00)


def test_however_many_decisions_fall_on_one_day_each_counts_once() -> None:
    levels: tuple[Level, ...] = (LEVEL,)
    for number in range(9):
        verdict = judged(*levels, key=f"835-{number}", responsibility_cents=number)
        assert isinstance(verdict, Change)
        levels = verdict.levels
    for number in range(9):
        assert judged(*levels, key=f"835-{number}") == Skipped(outdated=False)
    later = judged(*levels, recorded_on=date(2026, 11, 21), key="835-later")
    assert isinstance(later, Change)
    assert len(later.levels[0].keys) == 6


def test_two_visits_of_one_day_in_one_remittance_wait_for_staff() -> None:
    first = judged()
    assert isinstance(first, Change)
    second: dict[str, Any] = {"key": "835-second", "payer_claim_id": "icn-3"}
    assert judged(*first.levels, **second) == Parked(ParkReason.SEVERAL_CLAIMS)
    assert judged(*first.levels, **second, released=True) == Parked(ParkReason.SEVERAL_CLAIMS)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"status": "2"}, id="by-the-second-payer"),
        pytest.param({"payer_claim_id": "icn-2"}, id="under-the-same-number"),
        pytest.param({"payer_claim_id": ""}, id="without-a-number"),
        pytest.param({"corrects": replace(CLAIM, status="22")}, id="corrected"),
        pytest.param({"recorded_on": date(2026, 11, 21)}, id="on-another-day"),
    ],
)
def test_one_visit_decided_twice_is_one_level(changes: dict[str, Any]) -> None:
    first = judged()
    assert isinstance(first, Change)
    other = {"key": "835-second", "payer_claim_id": "icn-3", "responsibility_cents": 20_00}
    assert posted(judged(*first.levels, **(other | changes))) == (EntryKind.ADJUSTMENT, -40_00)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "4"}, ParkReason.DENIED),
        ({"status": "19"}, ParkReason.ANOTHER_PAYER_FOLLOWS),
        ({"status": "20"}, ParkReason.ANOTHER_PAYER_FOLLOWS),
        ({"status": "21"}, ParkReason.ANOTHER_PAYER_FOLLOWS),
        ({"status": "22"}, ParkReason.NOTHING_TO_REVERSE),
        ({"status": "23"}, ParkReason.FORWARDED),
        ({"status": "25"}, ParkReason.PREDETERMINATION),
        ({"status": "99"}, ParkReason.UNKNOWN_STATUS),
        ({"status": ""}, ParkReason.UNKNOWN_STATUS),
        ({"remarks": frozenset({"MA02", "N781"})}, ParkReason.COST_SHARING_BARRED),
        ({"remarks": frozenset({"N782"}), "status": "2"}, ParkReason.COST_SHARING_BARRED),
        ({"remarks": frozenset({"N783"})}, ParkReason.COST_SHARING_BARRED),
        ({"other_coverage": True}, ParkReason.OTHER_COVERAGE),
        ({"corrects": replace(CLAIM, status="22")}, ParkReason.NOTHING_TO_REVERSE),
    ],
    ids=lambda value: value.value if isinstance(value, ParkReason) else "",
)
def test_what_staff_must_decide_is_parked_and_a_release_lets_it_count(
    changes: dict[str, Any], reason: ParkReason
) -> None:
    assert judged(**changes) == Parked(reason)
    released = judged(**changes, released=True)
    owed = None if changes.get("status") == "22" else (EntryKind.RESPONSIBILITY, 60_00)
    assert posted(released) == owed


@pytest.mark.parametrize("status", ["2", "3"])
def test_a_later_payer_s_claim_counts_though_another_covers_the_patient(status: str) -> None:
    assert posted(judged(other_coverage=True, status=status)) is not None


def test_two_visits_that_share_a_patient_s_number_are_two_claims() -> None:
    verdict = judged(LEVEL, service_on=date(2026, 11, 9))
    assert posted(verdict) == (EntryKind.RESPONSIBILITY, 60_00)
    assert isinstance(verdict, Change)
    assert sorted(level.cents for level in verdict.levels) == [60_00, 100_00]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"service_on": None}, id="without-a-date"),
        pytest.param({"payer_claim_id": "", "service_on": date(2026, 11, 9)}, id="without-number"),
        pytest.param(
            {"payer_claim_id": "icn-1", "service_on": date(2026, 11, 9)}, id="same-number"
        ),
        pytest.param({}, id="other-payer-same-day"),
    ],
)
def test_another_decision_on_the_same_claim_is_recognised(changes: dict[str, Any]) -> None:
    assert posted(judged(LEVEL, **changes)) == (EntryKind.ADJUSTMENT, -40_00)


def test_where_several_claims_could_be_meant_staff_decide() -> None:
    other = replace(LEVEL, service_on=date(2026, 11, 9), payer_claim_ids=frozenset({"icn-9"}))
    assert judged(LEVEL, other, service_on=None) == Parked(ParkReason.SEVERAL_CLAIMS)
    assert posted(judged(LEVEL, other)) == (EntryKind.ADJUSTMENT, -40_00)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"responsibility_cents": -1}, "negative_responsibility"),
        ({"recorded_on": date(2026, 11, 26)}, "recorded_in_the_future"),
    ],
)
def test_what_cannot_be_true_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ClaimError) as refused:
        judged(**changes)
    assert refused.value.code == code
