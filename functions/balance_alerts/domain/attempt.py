"""An attempt: one try to charge a card, and how its story may go on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

UNANSWERED_AFTER = timedelta(seconds=60)
"""No worker waits that long for the gateway: one that did not say what came of it is gone."""

RESOLVED_BY_HAND = "resolved_by_hand"
"""The `detail` of an attempt that staff found was not charged."""


class AttemptState(StrEnum):
    """Where an attempt stands.

    SENDING: written down, its charge about to be asked for. APPROVED: in the ledger. DECLINED,
    FAILED: certainly not charged. HELD: waits for the practice's review at the gateway. UNKNOWN:
    charged or not, which only the gateway's own books tell.
    """

    SENDING = "sending"
    APPROVED = "approved"
    DECLINED = "declined"
    FAILED = "failed"
    HELD = "held"
    UNKNOWN = "unknown"

    @property
    def is_open(self) -> bool:
        """Whether it blocks another payment and pauses alerts."""
        return self in _OPEN


_OPEN = frozenset({AttemptState.SENDING, AttemptState.HELD, AttemptState.UNKNOWN})

MAY_FOLLOW: Mapping[AttemptState, frozenset[AttemptState]] = {
    AttemptState.SENDING: frozenset(AttemptState) - {AttemptState.SENDING},
    AttemptState.UNKNOWN: frozenset(AttemptState) - {AttemptState.SENDING, AttemptState.UNKNOWN},
    AttemptState.HELD: frozenset(
        {AttemptState.APPROVED, AttemptState.DECLINED, AttemptState.FAILED}
    ),
    # Money that was taken is posted, whatever was believed before.
    AttemptState.DECLINED: frozenset({AttemptState.APPROVED}),
    AttemptState.FAILED: frozenset({AttemptState.APPROVED}),
    AttemptState.APPROVED: frozenset(),
}
"""What may follow what. News that may not follow changes nothing: it came late, or again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPayment:
    """What one click asks for.

    `idempotency_key` is the click's own; `data_descriptor` and `data_value` are the card form's
    one-use token. Of these only digests are kept.
    """

    amount_cents: int
    data_descriptor: str
    data_value: str = field(repr=False)
    idempotency_key: str = field(repr=False)
    case_id: str | None = None

    @property
    def key_digest(self) -> str:
        """Stands for the key, which may be any text."""
        return hashlib.sha256(self.idempotency_key.encode()).hexdigest()

    @property
    def digest(self) -> str:
        """Tells a click sent again from another one under the same key."""
        content = [self.amount_cents, self.case_id, self.data_descriptor, self.data_value]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to charge a card.

    `state` is as it was last written; `state_at` tells how it reads. `case_id` is the case that
    the patient chose. `detail` is a stable code that says why it stands where it stands, empty
    for an approval; `reason_code` is the gateway's own. `news_at` is when its state last changed.
    `looked_up_at` is when the gateway was last asked what came of it, `absent_since` the first
    complete look-up that could prove something and found nothing. `batch_id` and `settled_at`
    tell the settlement that brought the money. `api_login_id` names the merchant account
    that it was made at.
    """

    practice_id: str
    patient_id: str
    attempt_id: str
    amount_cents: int
    case_id: str | None
    state: AttemptState
    begun_at: datetime
    news_at: datetime
    trans_id: str | None = None
    auth_code: str | None = None
    card_type: str | None = None
    last_four: str | None = None
    reason_code: str | None = None
    detail: str = ""
    looked_up_at: datetime | None = None
    absent_since: datetime | None = None
    batch_id: str | None = None
    settled_at: datetime | None = None
    api_login_id: str | None = None

    def state_at(self, now: datetime) -> AttemptState:
        """How it reads at an instant: a charge that nobody can be waiting for is unknown."""
        if self.state is AttemptState.SENDING and now - self.begun_at > UNANSWERED_AFTER:
            return AttemptState.UNKNOWN
        return self.state
