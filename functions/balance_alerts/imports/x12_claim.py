"""One claim of an 835: what the patient owes by it, and whom it is about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from balance_alerts.domain.ids import ID
from balance_alerts.domain.insurance_claim import InsuranceClaim
from balance_alerts.domain.personal import MemberId, Name
from balance_alerts.imports.problems import LineError
from balance_alerts.imports.x12_segments import Segment

_AMOUNT = re.compile(r"(-?)(\d{0,12})(?:\.(\d{0,2})0*)?")
_DATE = re.compile(r"\d{8}", re.ASCII)
_FIRST_YEAR = 1900
_CAUSES = {"1": "deductible", "2": "coinsurance", "3": "copay"}
_SERVICE_DATES = frozenset({"232", "472", "150"})
_MOA_REMARKS = range(3, 8)
_MIA_REMARKS = (5, 20, 21, 22, 23)


@dataclass(slots=True)
class Transaction:
    """What the head of an ST..SE transaction says of all its claims.

    `control` identifies the transaction: sender, date, time and control numbers, then the trace
    of the payment.
    """

    control: list[str]
    recorded: str
    payer: str = ""
    claims: int = field(default=0)


def build_claim(segments: Sequence[Segment], transaction: Transaction) -> InsuranceClaim:
    """The claim made of a CLP segment and those that belong to it.

    Raises:
        LineError: an id, an amount or a date cannot be read.
    """
    head = segments[0]
    case_id = head.get(1)
    if not ID.fullmatch(case_id):
        raise LineError(
            "bad_case_id",
            "CLP01 must be 1 to 64 letters, digits, dots, hyphens or underscores; "
            "send claims with such a patient control number.",
        )
    adjustments = list(_patient_adjustments(segments))
    stated = head.get(5)
    patient, subscriber = _named(segments, "QC"), _named(segments, "IL")
    member_ids = (named.get(9) for named in (patient, subscriber) if named is not None)
    return InsuranceClaim(
        key=_key(transaction, case_id),
        number=head.number,
        case_id=case_id,
        status=head.get(2),
        charge_cents=_cents(head.get(3), "CLP03"),
        paid_cents=_cents(head.get(4), "CLP04"),
        responsibility_cents=(
            _cents(stated, "CLP05") if stated else sum(cents for _, cents in adjustments)
        ),
        causes=_causes(adjustments),
        payer=transaction.payer,
        payer_claim_id=head.get(7),
        first_name=Name(patient.get(4) if patient else ""),
        last_name=Name(patient.get(3) if patient else ""),
        member_id=MemberId(next(filter(None, member_ids), "")),
        service_on=_service_date(segments),
        recorded_on=parse_date(transaction.recorded, "The remittance's date (DTM*405 or GS04)"),
        remarks=frozenset(_remarks(segments)),
    )


def _key(transaction: Transaction, case_id: str) -> str:
    """An entry id: stable, at most 64 characters, and telling nobody anything."""
    parts = [*transaction.control, case_id, str(transaction.claims)]
    return f"835-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:40]}"


def _patient_adjustments(segments: Iterable[Segment]) -> Iterator[tuple[str, int]]:
    """Reason and cents of each PR adjustment, of the claim and of its service lines."""
    for segment in segments:
        if segment.name == "CAS" and segment.get(1) == "PR":
            for index in range(2, len(segment.elements), 3):
                if segment.get(index + 1):
                    yield segment.get(index), _cents(segment.get(index + 1), f"CAS{index + 1:02d}")


def _causes(adjustments: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    present = {reason for reason, cents in adjustments if cents}
    return tuple(word for reason, word in _CAUSES.items() if reason in present)


def _named(segments: Iterable[Segment], entity: str) -> Segment | None:
    return next((s for s in segments if s.name == "NM1" and s.get(1) == entity), None)


def _service_date(segments: Iterable[Segment]) -> date | None:
    """The first day of service: the claim's own where given, else the earliest of its lines."""
    days = [s for s in segments if s.name == "DTM" and s.get(1) in _SERVICE_DATES]
    own = [s for s in days if s.get(1) == "232"]
    return min((parse_date(s.get(2), f"DTM*{s.get(1)}") for s in own or days), default=None)


def _remarks(segments: Iterable[Segment]) -> Iterator[str]:
    for segment in segments:
        if segment.name == "LQ":
            yield segment.get(2)
        elif segment.name == "MOA":
            yield from filter(None, map(segment.get, _MOA_REMARKS))
        elif segment.name == "MIA":
            yield from filter(None, map(segment.get, _MIA_REMARKS))


def _cents(text: str, element: str) -> int:
    """An X12 decimal as integer cents."""
    match = _AMOUNT.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise LineError("bad_amount", f"{element} is not an amount in dollars and cents.")
    cents = int(match[2] or 0) * 100 + int((match[3] or "").ljust(2, "0"))
    return -cents if match[1] else cents


def parse_date(text: str, what: str) -> date:
    """A date as X12 writes it, CCYYMMDD.

    Raises:
        LineError: `bad_date`.
    """
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise LineError("bad_date", f"{what} is not a date of the form CCYYMMDD.") from None
    if day.year < _FIRST_YEAR:
        raise LineError("bad_date", f"{what}: the year cannot be right; ask the payer.")
    return day
