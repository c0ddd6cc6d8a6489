"""What the gateway's books overturn of what staff had settled by hand."""

from __future__ import annotations

from datetime import datetime

from balance_alerts.domain.attempt import RESOLVED_BY_HAND, Attempt, AttemptState
from balance_alerts.domain.audit import THE_GATEWAY
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.store.audit import AuditRecord, audit_record


def overturning(attempt: Attempt, answer: ChargeAnswer, now: datetime) -> list[AuditRecord]:
    """The note that an attempt was charged after all; none where nobody had said otherwise.

    `attempt` is as it stood before the answer. The note of the director who settled it by hand
    stays in the trail as well; without this one it would be the last word there.
    """
    said_not_charged = attempt.state is AttemptState.FAILED and attempt.detail == RESOLVED_BY_HAND
    if not said_not_charged or answer.outcome is not ChargeOutcome.APPROVED:
        return []
    note = audit_record(
        attempt.practice_id,
        THE_GATEWAY,
        now,
        action="payment_overturned",
        subject=f"patient {attempt.patient_id}",
        before={"payment_id": None, "state": "not_charged"},
        after={
            "payment_id": attempt.attempt_id,
            "state": "charged",
            "trans_id": answer.trans_id,
            "amount_cents": attempt.amount_cents,
        },
    )
    return [note]
