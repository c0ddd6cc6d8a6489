"""How the stand-in answers charges."""

from __future__ import annotations

from enum import StrEnum


class GatewayMode(StrEnum):
    """What happens to charges until it is changed.

    APPROVE: what a working gateway does; cards and zip codes may still be declined.
    DECLINE: every card is declined. HOLD: what would be approved waits for a review.
    DUPLICATE: everything is taken for a repetition. TIMEOUT_BEFORE_CHARGE: no answer, no charge.
    TIMEOUT_AFTER_CHARGE: charged, no answer. GARBLED: charged, half an answer. DOWN: nobody
    listens, so that look-ups fail as well.
    """

    APPROVE = "approve"
    DECLINE = "decline"
    HOLD = "hold"
    DUPLICATE = "duplicate"
    TIMEOUT_BEFORE_CHARGE = "timeout_before_charge"
    TIMEOUT_AFTER_CHARGE = "timeout_after_charge"
    GARBLED = "garbled"
    DOWN = "down"

    @property
    def loses_answers(self) -> bool:
        """Whether a charge is made of which the caller does not learn."""
        return self in (GatewayMode.TIMEOUT_AFTER_CHARGE, GatewayMode.GARBLED)
