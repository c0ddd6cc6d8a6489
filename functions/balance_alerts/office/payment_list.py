"""The payments of a patient as staff see them: what the patient sees, and by which card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from balance_alerts.domain.attempt import Attempt
from balance_alerts.office.patient_file import PatientFile
from balance_alerts.portal.payments import (
    PaymentKind,
    PaymentRow,
    PaymentStatus,
    payments_page,
    rows_with_attempts,
)
from balance_alerts.store.attempts import Attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """One payment, refund or chargeback; the amount is positive, `kind` tells the direction.

    Of an online payment `payment_id` is what the gateway calls the invoice number, and the card is
    told as far as the gateway told it.
    """

    payment_id: str
    kind: PaymentKind
    amount_cents: int
    status: PaymentStatus
    method: str | None
    recorded_at: datetime
    card_type: str | None
    last_four: str | None


@dataclass(frozen=True, slots=True)
class PaymentsView:
    """A page of payments, newest first; `next_cursor` is null on the last page."""

    payments: list[PaymentView]
    next_cursor: str | None


def payments_view(file: PatientFile, attempts: Attempts, cursor: str | None = None) -> PaymentsView:
    """Payments from a cursor on, or the newest.

    Raises:
        RuleError: `invalid_value` for a cursor that is none.
    """
    rows, tried = rows_with_attempts(file.practice_id, file.patient_id, attempts, file.now)
    page = payments_page(rows, cursor)
    online = {attempt.attempt_id: attempt for attempt in tried}
    views = [_view(row, online.get(row.payment_id)) for row in page.payments]
    return PaymentsView(views, page.next_cursor)


def _view(row: PaymentRow, online: Attempt | None) -> PaymentView:
    return PaymentView(
        payment_id=row.payment_id,
        kind=row.kind,
        amount_cents=row.amount_cents,
        status=row.status,
        method=row.method,
        recorded_at=row.recorded_at,
        card_type=None if online is None else online.card_type,
        last_four=None if online is None else online.last_four,
    )
