"""What a claim of an 835 changes: its patient responsibility is a level, not a flow.

A later adjudication of the same claim posts the difference. What another payer may still change,
and what nobody can be sure of, is parked for staff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from balance_alerts.domain.calendar import noon
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.insurance_claim import (
    REVERSAL,
    Adjudication,
    InsuranceClaim,
    may_be_same,
)
from balance_alerts.domain.ledger import AHEAD_OF_US, EntryKind, LedgerEntry

PRIMARY = "1"
FINAL_STATUSES = frozenset({PRIMARY, "2", "3"})
COST_SHARING_BARRED = frozenset({"N781", "N782", "N783"})
_OLDER_KEYS_REMEMBERED = 5


class ParkReason(StrEnum):
    """Why a claim waits for staff."""

    ANOTHER_PAYER_FOLLOWS = "another_payer_follows"
    DENIED = "denied"
    NOTHING_TO_REVERSE = "nothing_to_reverse"
    FORWARDED = "forwarded"
    PREDETERMINATION = "predetermination"
    UNKNOWN_STATUS = "unknown_status"
    COST_SHARING_BARRED = "cost_sharing_barred"
    OTHER_COVERAGE = "other_coverage"
    SEVERAL_CLAIMS = "several_claims"


_PARKED_STATUSES = {
    "4": ParkReason.DENIED,
    "19": ParkReason.ANOTHER_PAYER_FOLLOWS,
    "20": ParkReason.ANOTHER_PAYER_FOLLOWS,
    "21": ParkReason.ANOTHER_PAYER_FOLLOWS,
    "23": ParkReason.FORWARDED,
    "25": ParkReason.PREDETERMINATION,
}


class ClaimError(RuleError):
    """A claim that cannot be taken in, and that no release could help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What the patient owes by one claim, as last adjudicated.

    `keys` names the adjudications last taken in, all of the newest day among them, so that none
    counts twice.
    """

    cents: int
    recorded_on: date
    service_on: date | None = None
    payer_claim_ids: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """The claim counts: `levels` takes the place of the case's, `entry` (if any) is posted."""

    levels: tuple[Level, ...]
    entry: LedgerEntry | None


@dataclass(frozen=True, slots=True)
class Parked:
    """Staff must decide."""

    reason: ParkReason


@dataclass(frozen=True, slots=True)
class Skipped:
    """It was taken in before, or something newer was (`outdated`)."""

    outdated: bool


Verdict: TypeAlias = Change | Parked | Skipped


def judge(
    adjudication: Adjudication,
    levels: Sequence[Level],
    *,
    other_coverage: bool,
    time_zone: str,
    now: datetime,
    released: bool = False,
) -> Verdict:
    """What an adjudication changes, given the levels of its case so far.

    Args:
        other_coverage: another payer is known to cover the patient.
        time_zone: the practice's; the entry is recorded at noon of the remittance's day there.
        now: the present instant.
        released: staff looked at the parked claim and let it count.

    Raises:
        ClaimError: the responsibility is negative, or the remittance's day lies ahead.
    """
    claim = adjudication.claim
    if noon(claim.recorded_on, time_zone) > now + AHEAD_OF_US:
        raise ClaimError(
            "recorded_in_the_future",
            "The remittance's date (DTM*405 or GS04) is more than a day ahead; ask the payer.",
        )
    if any(claim.key in level.keys for level in levels):
        return Skipped(outdated=False)
    candidates = _candidates(claim, levels)
    if len(candidates) > 1:
        return Parked(ParkReason.SEVERAL_CLAIMS)
    level = candidates[0] if candidates else None
    if level is not None and claim.recorded_on < level.recorded_on:
        return Skipped(outdated=True)
    if level is not None and _may_be_another_visit(adjudication, level):
        return Parked(ParkReason.SEVERAL_CLAIMS)
    if not released:
        reason = _reason_to_park(adjudication, level, other_coverage=other_coverage)
        if reason is not None:
            return Parked(reason)
    return _change(claim, level, levels, time_zone)


def _candidates(claim: InsuranceClaim, levels: Sequence[Level]) -> list[Level]:
    """The level of the claim; several where it cannot be told which one it is."""
    same_day = [level for level in levels if level.service_on == claim.service_on]
    if same_day:
        return same_day
    by_payer = [level for level in levels if claim.payer_claim_id in level.payer_claim_ids]
    if by_payer:
        return by_payer
    return [x for x in levels if may_be_same(claim, x.service_on, x.payer_claim_ids)]


def _may_be_another_visit(adjudication: Adjudication, level: Level) -> bool:
    """Whether a claim of the level's day may be of a second visit on it.

    A payer decides anew on another day, or by a reversal and its correction. Two first decisions
    under two numbers on one day may be two visits; as one level the second would undo the first.
    """
    claim = adjudication.claim
    return (
        level.cents != 0
        and claim.status == PRIMARY
        and adjudication.corrects is None
        and claim.recorded_on == level.recorded_on
        and bool(claim.payer_claim_id and level.payer_claim_ids)
        and claim.payer_claim_id not in level.payer_claim_ids
    )


def _reason_to_park(
    adjudication: Adjudication, level: Level | None, *, other_coverage: bool
) -> ParkReason | None:
    claim = adjudication.claim
    reverses = claim.status == REVERSAL or adjudication.corrects is not None
    if reverses and level is None:
        return ParkReason.NOTHING_TO_REVERSE
    if claim.status == REVERSAL:
        return None
    if claim.status not in FINAL_STATUSES:
        return _PARKED_STATUSES.get(claim.status, ParkReason.UNKNOWN_STATUS)
    if claim.remarks & COST_SHARING_BARRED:
        return ParkReason.COST_SHARING_BARRED
    if claim.status == PRIMARY and other_coverage:
        return ParkReason.OTHER_COVERAGE
    return None


def _change(
    claim: InsuranceClaim, level: Level | None, levels: Sequence[Level], time_zone: str
) -> Change:
    owed = 0 if claim.status == REVERSAL else claim.responsibility_cents
    if owed < 0:
        raise ClaimError(
            "negative_responsibility",
            "The patient responsibility is negative, and the claim is no reversal (CLP02 22); "
            "ask the payer.",
        )
    before = level or Level(cents=0, recorded_on=claim.recorded_on, service_on=claim.service_on)
    same_day = claim.recorded_on == before.recorded_on
    keys = before.keys if same_day else before.keys[-_OLDER_KEYS_REMEMBERED:]
    after = replace(
        before,
        cents=owed,
        recorded_on=claim.recorded_on,
        service_on=before.service_on or claim.service_on,
        payer_claim_ids=before.payer_claim_ids | set(filter(None, [claim.payer_claim_id])),
        keys=(*keys, claim.key),
    )
    others = tuple(other for other in levels if other is not level)
    return Change((*others, after), _entry(claim, owed - before.cents, time_zone))


def _entry(claim: InsuranceClaim, difference: int, time_zone: str) -> LedgerEntry | None:
    if difference == 0:
        return None
    return LedgerEntry(
        entry_id=claim.key,
        kind=EntryKind.RESPONSIBILITY if difference > 0 else EntryKind.ADJUSTMENT,
        amount_cents=difference,
        case_id=claim.case_id,
        recorded_at=noon(claim.recorded_on, time_zone),
        service_date=claim.service_on,
        cause=", ".join(claim.causes) or None,
        payer=claim.payer or None,
    )
