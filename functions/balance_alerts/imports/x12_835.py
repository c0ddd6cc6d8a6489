"""X12 835 remittances, read claim by claim.

A small reader of our own: of the libraries on PyPI, those that stream either stop at segments
(Medeputy-835, what `x12_segments` does in fewer lines) or bring a native binary of 4 MB from a
project some months old (oxedi); the others read whole files into pandas or pydantic models.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from balance_alerts.domain.insurance_claim import InsuranceClaim
from balance_alerts.imports.problems import ImportFileError, LineError, Refusal
from balance_alerts.imports.x12_claim import Transaction, build_claim
from balance_alerts.imports.x12_envelope import Envelope
from balance_alerts.imports.x12_segments import ByteStream, Segment, read_segments

_END_OF_CLAIM = frozenset({"CLP", "LX", "PLB", "SE"})


@dataclass(frozen=True, slots=True)
class NumberedClaim:
    """A claim, or why it cannot be read; `number` counts the claims of the file from 1."""

    number: int
    end_offset: int
    claim: InsuranceClaim | Refusal


def check_remittance(stream: ByteStream) -> int:
    """Read the whole file and count its claims, so that a damaged one changes nothing at all.

    Raises:
        ImportFileError: not an 835, cut off, or with parts missing.
    """
    envelope = Envelope()
    claims = transactions = 0
    for segment in read_segments(stream):
        envelope.follow(segment)
        claims += segment.name == "CLP"
        transactions += segment.name == "ST"
    envelope.close()
    if not transactions:
        raise ImportFileError(
            "empty", "The file holds no remittance; check that it is the right one."
        )
    return claims


def read_claims(stream: ByteStream) -> Iterator[NumberedClaim]:
    """Every claim of the file in order. Check the file first with `check_remittance`.

    Raises:
        ImportFileError: as `check_remittance` does, though claims may have come before.
    """
    envelope = Envelope()
    transaction: Transaction | None = None
    open_claim: list[Segment] = []
    number = 0
    for segment in read_segments(stream):
        if open_claim and transaction is not None and segment.name in _END_OF_CLAIM:
            number += 1
            transaction.claims += 1
            yield NumberedClaim(number, open_claim[-1].end_offset, _read(open_claim, transaction))
            open_claim = []
        envelope.follow(segment)
        match segment.name:
            case "ST":
                transaction = _begin(envelope, segment)
            case "CLP":
                open_claim = [segment]
            case _ if open_claim:
                open_claim.append(segment)
            case "TRN" | "DTM" | "N1" if transaction is not None:
                _header(transaction, segment)
    envelope.close()


def _begin(envelope: Envelope, segment: Segment) -> Transaction:
    interchange, group = envelope.interchange, envelope.group
    assert interchange is not None  # or the envelope had refused the ST
    assert group is not None
    control = [interchange.get(index) for index in (5, 6, 9, 10, 13)]
    return Transaction(
        control=[*control, group.get(6), segment.get(2)],
        recorded=group.get(4),
    )


def _header(transaction: Transaction, segment: Segment) -> None:
    """What stands before the first claim and holds for all of them."""
    if segment.name == "TRN":
        transaction.control += [segment.get(2), segment.get(3)]
    elif segment.name == "DTM" and segment.get(1) == "405":
        transaction.recorded = segment.get(2)
    elif segment.name == "N1" and segment.get(1) == "PR":
        transaction.payer = segment.get(2)


def _read(segments: list[Segment], transaction: Transaction) -> InsuranceClaim | Refusal:
    try:
        return build_claim(segments, transaction)
    except LineError as error:
        return error.at(segments[0].number)
