"""What a payer decided on one claim, as a remittance tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from balance_alerts.domain.personal import MemberId, Name

REVERSAL = "22"
_NO_NAME, _NO_MEMBER_ID = Name(), MemberId()


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceClaim:
    """One adjudication of one claim (X12 835, loop 2100).

    `responsibility_cents` is the level of what the patient owes by it, not a change. `key` names
    it within its file, the same however often the file comes; the ledger entry it leads to has
    this id. `number` is its segment in the file. `service_on` is the first day of service,
    `recorded_on` the day the payer produced the remittance.
    """

    key: str
    number: int
    case_id: str
    status: str
    charge_cents: int
    paid_cents: int
    responsibility_cents: int
    causes: tuple[str, ...] = ()
    payer: str = ""
    payer_claim_id: str = ""
    first_name: Name = _NO_NAME
    last_name: Name = _NO_NAME
    member_id: MemberId = _NO_MEMBER_ID
    service_on: date | None = None
    recorded_on: date
    remarks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Adjudication:
    """A claim to take in, with the reversal that came right before it as one change of level."""

    claim: InsuranceClaim
    corrects: InsuranceClaim | None = None


def is_correction(reversal: InsuranceClaim, claim: InsuranceClaim) -> bool:
    """Whether `claim` says anew what `reversal` took back."""
    return (
        claim.status != REVERSAL
        and claim.case_id == reversal.case_id
        and claim.recorded_on == reversal.recorded_on
        and may_be_same(claim, reversal.service_on, {reversal.payer_claim_id})
    )


def may_be_same(
    claim: InsuranceClaim, service_on: date | None, payer_claim_ids: Iterable[str]
) -> bool:
    """Whether two adjudications of one case can be of one claim.

    Some practices send the patient's number as CLP01, so that all visits share it. Two visits
    differ both in the day of service and in the payer's claim number; another payer's decision
    on one visit differs in the number alone.
    """
    known_ids = set(filter(None, payer_claim_ids))
    return (
        claim.service_on is None
        or service_on is None
        or claim.service_on == service_on
        or not claim.payer_claim_id
        or not known_ids
        or claim.payer_claim_id in known_ids
    )
