"""The gateway's books: transactions of all merchants, and the batches they settle in."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from infra.local.gateway.cards import Card

PENDING = "capturedPendingSettlement"
SETTLED = "settledSuccessfully"
DECLINED = "declined"
HELD = "FDSPendingReview"
VOIDED = "voided"
REFUND_PENDING = "refundPendingSettlement"
REFUND_SETTLED = "refundSettledSuccessfully"
CHARGED_BACK = "chargeback"
WON_BACK = "chargebackReversal"

CHARGE_TYPE = "authCaptureTransaction"
REFUND_TYPE = "refundTransaction"
FIRST_TRANS_ID = 60_000_000_001
FIRST_BATCH_ID = 4_400_001

_RESPONSES = {DECLINED: (2, 2), HELD: (4, 252)}
_SETTLED_AFTER = timedelta(days=2)
_AFTER_SETTLING = {PENDING: SETTLED, REFUND_PENDING: REFUND_SETTLED}


@dataclass(slots=True, kw_only=True)
class Transaction:
    """One transaction; its `status` is in the gateway's own words."""

    trans_id: str
    merchant: str
    kind: str
    amount_cents: int
    status: str
    submitted_at: datetime
    card: Card
    invoice_number: str = ""
    ref_id: str = ""
    ref_trans_id: str = ""
    customer_id: str = ""
    auth_code: str = ""
    address_result: str = "Y"
    batch_id: str = ""

    @property
    def response(self) -> tuple[int, int]:
        """Response code and reason code."""
        return _RESPONSES.get(self.status, (1, 1))


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one merchant settled at one time."""

    batch_id: str
    merchant: str
    settled_at: datetime
    transactions: list[Transaction] = field(default_factory=list)


class Books:
    """Everything that was ever submitted. The gateway guards it with its lock."""

    def __init__(self) -> None:
        self.transactions: dict[str, Transaction] = {}
        self.batches: dict[str, Batch] = {}
        self._seen: dict[Hashable, datetime] = {}

    def clear(self) -> None:
        """Forget everything; ids begin anew."""
        self.transactions.clear()
        self.batches.clear()
        self._seen.clear()

    def next_trans_id(self) -> str:
        return str(FIRST_TRANS_ID + len(self.transactions))

    def add(self, transaction: Transaction) -> Transaction:
        self.transactions[transaction.trans_id] = transaction
        return transaction

    def is_duplicate(self, content: Hashable, now: datetime, seconds: int) -> bool:
        """Whether the same content came within the window; else it is noted as come now.

        It makes no difference what became of the first one.
        """
        before = self._seen.get(content)
        if seconds and before is not None and abs((now - before).total_seconds()) < seconds:
            return True
        self._seen[content] = now
        return False

    def find(self, trans_id: str, merchant: str) -> Transaction | None:
        transaction = self.transactions.get(trans_id)
        return transaction if transaction and transaction.merchant == merchant else None

    def unsettled(self, merchant: str) -> list[Transaction]:
        return [t for t in self._of(merchant) if not t.batch_id]

    def charges(self) -> list[Transaction]:
        """The charges of all merchants in the order made."""
        return [t for t in self.transactions.values() if t.kind == CHARGE_TYPE]

    def settle(self, now: datetime) -> list[Batch]:
        """Close a batch for every merchant; what is held stays out."""
        merchants = dict.fromkeys(t.merchant for t in self.transactions.values())
        ready = {name: [t for t in self.unsettled(name) if t.status != HELD] for name in merchants}
        return [self._close(name, now, found) for name, found in ready.items() if found]

    def settle_days_before(self, now: datetime) -> None:
        """Close a batch for every merchant and day (of UTC) that ended a day ago or longer."""
        ready: dict[tuple[str, datetime], list[Transaction]] = {}
        for transaction in self.transactions.values():
            if not transaction.batch_id and transaction.status != HELD:
                day = transaction.submitted_at.astimezone(UTC).date() + _SETTLED_AFTER
                closed_at = datetime.combine(day, time(), UTC)
                if closed_at <= now:
                    ready.setdefault((transaction.merchant, closed_at), []).append(transaction)
        for (merchant, closed_at), found in ready.items():
            self._close(merchant, closed_at, found)

    def _close(self, merchant: str, settled_at: datetime, ready: list[Transaction]) -> Batch:
        batch = Batch(
            batch_id=str(FIRST_BATCH_ID + len(self.batches)),
            merchant=merchant,
            settled_at=settled_at,
            transactions=ready,
        )
        for transaction in ready:
            transaction.batch_id = batch.batch_id
            transaction.status = _AFTER_SETTLING.get(transaction.status, transaction.status)
        self.batches[batch.batch_id] = batch
        return batch

    def _of(self, merchant: str) -> Iterable[Transaction]:
        return [t for t in self.transactions.values() if t.merchant == merchant]
