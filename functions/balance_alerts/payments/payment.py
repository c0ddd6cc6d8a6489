"""A payment by card, as its patient may know it.

Apart from the checkout, which loads the whole gateway: who only shows payments need not wait for
that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.codes import CARD_FAULTS

METHOD = "card"
"""How payments through the gateway are made, as ledger entries say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a patient needs to have of a payment. Names no case."""

    payment_id: str
    practice: str
    amount_cents: int
    paid_at: datetime
    card_type: str | None
    last_four: str | None
    auth_code: str | None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the patient may know it.

    `state` is as it reads now; `receipt` is there once it is in the ledger. `is_new` says that it
    came to its state by this very request, which makes it the one to count.
    """

    attempt: Attempt
    state: AttemptState
    balance_cents: int
    receipt: Receipt | None
    is_new: bool = field(default=False, compare=False)

    def check_charged(self) -> None:
        """Refuse to call it a payment if the card was certainly not charged.

        Raises:
            RuleError: `declined`: another card may do; `gateway_unavailable`: no card would.
        """
        if self.state is AttemptState.DECLINED or (
            self.state is AttemptState.FAILED and self.attempt.detail in CARD_FAULTS
        ):
            raise RuleError("declined", "The card could not be charged; nothing was taken.")
        if self.state is AttemptState.FAILED:
            raise unavailable()


def receipt_of(attempt: Attempt, practice: Practice) -> Receipt | None:
    """The receipt of a payment that is in the ledger."""
    if attempt.state is not AttemptState.APPROVED:
        return None
    return Receipt(
        payment_id=attempt.attempt_id,
        practice=practice.display_name,
        amount_cents=attempt.amount_cents,
        paid_at=attempt.begun_at,
        card_type=attempt.card_type,
        last_four=attempt.last_four,
        auth_code=attempt.auth_code,
    )


def unavailable() -> RuleError:
    """The refusal where nothing was charged and no other card would do."""
    return RuleError(
        "gateway_unavailable",
        "The payment did not go through. You were not charged. Please try again later.",
    )
