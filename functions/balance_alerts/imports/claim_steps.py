"""The claims of a file in steps: a reversal and the correction right after it are one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from balance_alerts.domain.insurance_claim import (
    REVERSAL,
    Adjudication,
    InsuranceClaim,
    is_correction,
)
from balance_alerts.imports.problems import Refusal
from balance_alerts.imports.x12_835 import NumberedClaim


@dataclass(frozen=True, slots=True)
class ClaimStep:
    """One change to make, or why not; `claims_read` and `offset` are behind it in the file."""

    content: Adjudication | Refusal
    claims_read: int
    offset: int

    @property
    def numbers(self) -> list[int]:
        """The segments at which its claims begin."""
        if isinstance(self.content, Refusal):
            return [self.content.line]
        return [claim.number for claim in (self.content.corrects, self.content.claim) if claim]


def claim_steps(claims: Iterable[NumberedClaim]) -> Iterator[ClaimStep]:
    """Join each reversal with its correction where that follows directly."""
    held: NumberedClaim | None = None
    reversal: InsuranceClaim | None = None
    for numbered in claims:
        claim = numbered.claim
        corrects = None
        if held is not None and reversal is not None:
            if isinstance(claim, InsuranceClaim) and is_correction(reversal, claim):
                corrects = reversal
            else:
                yield _step(held, Adjudication(reversal))
        held = reversal = None
        if isinstance(claim, Refusal):
            yield _step(numbered, claim)
        elif claim.status == REVERSAL:
            held, reversal = numbered, claim
        else:
            yield _step(numbered, Adjudication(claim, corrects))
    if held is not None and reversal is not None:
        yield _step(held, Adjudication(reversal))


def _step(last: NumberedClaim, content: Adjudication | Refusal) -> ClaimStep:
    return ClaimStep(content, last.number, last.end_offset)
