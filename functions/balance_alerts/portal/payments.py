"""The payments of an account, one row each, whoever took them and whatever became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from balance_alerts.access.sessions import Visit
from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.payments.payment import METHOD, Payment, Receipt
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.attributes import instant_text
from balance_alerts.store.entries import entries_of

_PAYMENTS = frozenset({EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.CHARGEBACK})
_PREFIX = "PAYMENT#"


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    POSTED = "posted"
    PENDING = "pending"
    DECLINED = "declined"
    FAILED = "failed"


_STATUS = {
    AttemptState.APPROVED: PaymentStatus.POSTED,
    AttemptState.DECLINED: PaymentStatus.DECLINED,
    AttemptState.FAILED: PaymentStatus.FAILED,
}
"""Of an attempt; whatever is open is pending."""


class PaymentKind(StrEnum):
    """Which way the money went."""

    PAYMENT = "payment"
    REFUND = "refund"
    CHARGEBACK = "chargeback"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """One payment, refund or chargeback; the amount is positive, `kind` tells the direction."""

    payment_id: str
    kind: PaymentKind
    amount_cents: int
    status: PaymentStatus
    method: str | None
    recorded_at: datetime

    @property
    def sort_key(self) -> str:
        """Where the row stands among the others."""
        return f"{_PREFIX}{instant_text(self.recorded_at)}#{self.payment_id}"


@dataclass(frozen=True, slots=True)
class Payments:
    """A page of payments, newest first; `next_cursor` is null on the last page."""

    payments: list[PaymentRow]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentState:
    """One payment as it stands now, and the balance beside it, in cents.

    The receipt is there once an online payment is posted.
    """

    payment_id: str
    kind: PaymentKind
    amount_cents: int
    status: PaymentStatus
    method: str | None
    recorded_at: datetime
    balance_cents: int
    receipt: Receipt | None


def payments_of(visit: Visit, attempts: Attempts, cursor: str | None = None) -> Payments:
    """Payments from a cursor on, or the newest.

    The whole ledger is read: entries of one payment may belong to several cases, and only
    together they are its row.

    Raises:
        RuleError: `invalid_value` for a cursor that is none.
    """
    rows, _ = rows_with_attempts(visit.practice_id, visit.patient_id, attempts, visit.now)
    return payments_page(rows, cursor)


def rows_with_attempts(
    practice_id: str, patient_id: str, attempts: Attempts, now: datetime
) -> tuple[list[PaymentRow], list[Attempt]]:
    """All payments of an account, and the attempts that the online ones come from."""
    # Attempts first: one that is posted in between is then in the ledger, at worst in both.
    tried = attempts.of_account(practice_id, patient_id)
    return payment_rows(entries_of(practice_id, patient_id), tried, now), tried


def payments_page(rows: Iterable[PaymentRow], cursor: str | None = None) -> Payments:
    """Some of the payments of an account.

    Raises:
        RuleError: `invalid_value` for a cursor that is none.
    """
    after = None if cursor is None else sort_key_of(cursor, prefix=_PREFIX)
    left = [row for row in rows if after is None or row.sort_key < after]
    page = left[:PAGE_SIZE]
    more = len(left) > len(page)
    return Payments(page, cursor_of(page[-1].sort_key) if more else None)


def payment_rows(
    entries: Iterable[LedgerEntry], attempts: Iterable[Attempt], now: datetime
) -> list[PaymentRow]:
    """One row a payment, newest first: entries with one reference of the gateway are one.

    An attempt is a row of its own until it is in the ledger.
    """
    rows: dict[tuple[EntryKind, str, datetime], PaymentRow] = {}
    for entry in entries:
        if entry.kind not in _PAYMENTS:
            continue
        # Another day's check may bear the same number; parts of one payment were recorded at once.
        reference = entry.external_ref or f"entry {entry.entry_id}"
        key = (entry.kind, reference, entry.recorded_at)
        known = rows.get(key)
        rows[key] = (
            _row(entry)
            if known is None
            else replace(known, amount_cents=known.amount_cents + entry.amount_cents)
        )
    posted = {row.payment_id for row in rows.values()}
    tried = [
        _attempt_row(attempt, now)
        for attempt in attempts
        if attempt.state is not AttemptState.APPROVED and attempt.attempt_id not in posted
    ]
    return sorted([*rows.values(), *tried], key=lambda row: row.sort_key, reverse=True)


def payment_of(visit: Visit, payment_id: str) -> PaymentState:
    """One payment of the ledger, such as one taken at the office.

    Raises:
        RuleError: `unknown_payment`, also where it is another patient's.
    """
    for row in payment_rows(entries_of(visit.practice_id, visit.patient_id), (), visit.now):
        if row.payment_id == payment_id:
            return _state(row, int(visit.account.balance_cents), None)
    raise RuleError("unknown_payment", "There is no payment with this id.")


def online_payment(payment: Payment, now: datetime) -> PaymentState:
    """An online payment as the patient may know it."""
    row = _attempt_row(payment.attempt, now)
    return _state(row, payment.balance_cents, payment.receipt)


def _row(entry: LedgerEntry) -> PaymentRow:
    return PaymentRow(
        payment_id=entry.entry_id,
        kind=PaymentKind(entry.kind.value),
        amount_cents=entry.amount_cents,
        status=PaymentStatus.POSTED,
        method=entry.method,
        recorded_at=entry.recorded_at,
    )


def _attempt_row(attempt: Attempt, now: datetime) -> PaymentRow:
    return PaymentRow(
        payment_id=attempt.attempt_id,
        kind=PaymentKind.PAYMENT,
        amount_cents=attempt.amount_cents,
        status=_STATUS.get(attempt.state_at(now), PaymentStatus.PENDING),
        method=METHOD,
        recorded_at=attempt.begun_at,
    )


def _state(row: PaymentRow, balance_cents: int, receipt: Receipt | None) -> PaymentState:
    return PaymentState(
        payment_id=row.payment_id,
        kind=row.kind,
        amount_cents=row.amount_cents,
        status=row.status,
        method=row.method,
        recorded_at=row.recorded_at,
        balance_cents=balance_cents,
        receipt=receipt,
    )
