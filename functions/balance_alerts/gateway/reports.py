"""What the gateway reports about transactions and batches, typed.

Numbers come as JSON numbers here where the answer to a charge has texts, and the reference that a
charge was sent with comes back beside the transaction, as `transrefId`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from balance_alerts.gateway.answers import (
    Answer,
    GarbledAnswerError,
    cents,
    last_four,
    many,
    part,
    text,
)
from balance_alerts.gateway.codes import ChargeState, is_given_back, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantDetails:
    """The settings of a merchant account that decide whether patients can pay with it."""

    name: str
    public_client_key: str
    test_mode: bool
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTransaction:
    """One line of a list of transactions. Lists have the invoice number but no reference."""

    trans_id: str
    invoice_number: str | None
    status: str
    submitted_at: datetime | None
    amount_cents: int | None

    @property
    def state(self) -> ChargeState:
        return state_of(self.status)

    @property
    def gives_back(self) -> bool:
        """Whether it is a refund whose money goes back."""
        return is_given_back(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionDetails:
    """One transaction in full.

    `ref_id` is the reference it was charged with, `ref_trans_id` the transaction that a refund or
    void is about. `kind` and `status` are in the gateway's words. Amounts are what was asked for,
    authorised, and settled or about to be.
    """

    trans_id: str
    ref_trans_id: str | None
    ref_id: str | None
    invoice_number: str | None
    kind: str
    status: str
    reason_code: str | None
    auth_code: str | None
    submitted_at: datetime | None
    requested_cents: int | None
    authorised_cents: int | None
    settled_cents: int | None
    card_type: str | None
    last_four: str | None
    batch_id: str | None
    settled_at: datetime | None

    @property
    def state(self) -> ChargeState:
        return state_of(self.status)

    @property
    def is_refund(self) -> bool:
        return self.kind.lower() == "refundtransaction"

    @property
    def gives_back(self) -> bool:
        """Whether it is a refund whose money goes back."""
        return self.is_refund and is_given_back(self.status)

    @property
    def amount_cents(self) -> int | None:
        """What it moves, by the most certain of its amounts."""
        amounts = (self.settled_cents, self.authorised_cents, self.requested_cents)
        return next((amount for amount in amounts if amount), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One settlement: its transactions' counts and sums over all kinds of card."""

    batch_id: str
    settled_at: datetime
    state: str
    charge_count: int
    charge_cents: int
    refund_count: int
    refund_cents: int


def read_merchant(answer: Answer) -> MerchantDetails:
    """Raises GarbledAnswerError without the key that the card form needs."""
    return MerchantDetails(
        name=text(answer, "merchantName"),
        public_client_key=_required(answer, "publicClientKey"),
        test_mode=answer.get("isTestMode") in (True, "true"),
        currencies=_currencies(answer.get("currencies")),
    )


def read_listed(line: Answer) -> ListedTransaction:
    """Raises GarbledAnswerError for a line that identifies nothing."""
    return ListedTransaction(
        trans_id=_required(line, "transId"),
        invoice_number=text(line, "invoiceNumber") or None,
        status=_required(line, "transactionStatus"),
        submitted_at=_instant(line, "submitTimeUTC"),
        amount_cents=cents(line, "settleAmount"),
    )


def read_transaction(answer: Answer) -> TransactionDetails:
    """Raises GarbledAnswerError for an answer without a transaction."""
    transaction = part(answer, "transaction")
    card = part(part(transaction, "payment"), "creditCard")
    batch = part(transaction, "batch")
    return TransactionDetails(
        trans_id=_required(transaction, "transId"),
        ref_trans_id=text(transaction, "refTransId") or None,
        ref_id=text(answer, "transrefId") or None,
        invoice_number=text(part(transaction, "order"), "invoiceNumber") or None,
        kind=text(transaction, "transactionType"),
        status=_required(transaction, "transactionStatus"),
        reason_code=text(transaction, "responseReasonCode") or None,
        auth_code=text(transaction, "authCode") or None,
        submitted_at=_instant(transaction, "submitTimeUTC"),
        requested_cents=cents(transaction, "requestedAmount"),
        authorised_cents=cents(transaction, "authAmount"),
        settled_cents=cents(transaction, "settleAmount"),
        card_type=text(card, "cardType") or None,
        last_four=last_four(text(card, "cardNumber")),
        batch_id=text(batch, "batchId") or None,
        settled_at=_instant(batch, "settlementTimeUTC"),
    )


def read_batch(line: Answer) -> Batch:
    """Raises GarbledAnswerError for a batch without an id or a time."""
    settled_at = _instant(line, "settlementTimeUTC")
    if settled_at is None:
        raise GarbledAnswerError
    kinds = many(line, "statistics")
    return Batch(
        batch_id=_required(line, "batchId"),
        settled_at=settled_at,
        state=text(line, "settlementState"),
        charge_count=sum(_count(kind, "chargeCount") for kind in kinds),
        charge_cents=sum(cents(kind, "chargeAmount") or 0 for kind in kinds),
        refund_count=sum(_count(kind, "refundCount") for kind in kinds),
        refund_cents=sum(cents(kind, "refundAmount") or 0 for kind in kinds),
    )


def _required(answer: Answer, name: str) -> str:
    value = text(answer, name)
    if not value:
        raise GarbledAnswerError
    return value


def _count(answer: Answer, name: str) -> int:
    value = text(answer, name) or "0"
    if not value.isdecimal():
        raise GarbledAnswerError
    return int(value)


def _instant(answer: Answer, name: str) -> datetime | None:
    """An instant in UTC, with or without the Z and the fractions that the gateway may write."""
    value = text(answer, name)
    if not value:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise GarbledAnswerError from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _currencies(given: object) -> tuple[str, ...]:
    """`["USD"]`, or wrapped as `{"currency": ["USD"]}`."""
    if isinstance(given, dict):
        given = given.get("currency")
    names = given if isinstance(given, list) else [given]
    return tuple(name for name in names if isinstance(name, str))
