"""What a practice's staff do on the gateway's own pages, out of sight of the product."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from infra.local.gateway import transactions as books
from infra.local.gateway import webhooks as events
from infra.local.gateway.cards import TEST_CARD, Card
from infra.local.gateway.transactions import Books, Transaction
from infra.local.gateway.webhooks import Webhooks


class Desk:
    """Charges, voids, refunds and reviews made by hand; each is told by webhook as well.

    What the gateway would refuse is a ValueError.
    """

    def __init__(
        self,
        ledger: Books,
        webhooks: Webhooks,
        *,
        clock: Callable[[], datetime],
        lock: threading.RLock,
    ) -> None:
        self._books = ledger
        self._webhooks = webhooks
        self._clock = clock
        self._lock = lock

    def charge(
        self, merchant: str, amount_cents: int, *, invoice_number: str = "", ref_id: str = ""
    ) -> str:
        """A charge made at the practice's desk, say; its transaction id."""
        with self._lock:
            card = Card(TEST_CARD, self._clock().year + 2, 12)
            found = self._books.add(
                Transaction(
                    trans_id=self._books.next_trans_id(),
                    merchant=merchant,
                    kind=books.CHARGE_TYPE,
                    amount_cents=amount_cents,
                    status=books.PENDING,
                    submitted_at=self._clock(),
                    card=card,
                    invoice_number=invoice_number,
                    ref_id=ref_id,
                    auth_code="ELSE01",
                )
            )
            return self._told(events.CHARGED, found)

    def void(self, trans_id: str) -> str:
        """Void what is not settled yet, as staff do on the gateway's own pages."""
        with self._lock:
            found = self._having(trans_id, books.PENDING, books.HELD, books.REFUND_PENDING)
            found.status = books.VOIDED
            return self._told(events.VOIDED, found)

    def refund(self, trans_id: str, amount_cents: int | None = None) -> str:
        """Refund all or a part of a settled charge; the refund's own transaction id."""
        with self._lock:
            original = self._having(trans_id, books.SETTLED)
            refunded = sum(
                t.amount_cents
                for t in self._books.transactions.values()
                if t.ref_trans_id == trans_id and t.status != books.VOIDED
            )
            left = original.amount_cents - refunded
            cents = left if amount_cents is None else amount_cents
            if not 0 < cents <= left:
                raise ValueError("no more than the original may be refunded")
            refund = replace(
                original,
                trans_id=self._books.next_trans_id(),
                kind=books.REFUND_TYPE,
                amount_cents=cents,
                status=books.REFUND_PENDING,
                submitted_at=self._clock(),
                ref_trans_id=trans_id,
                ref_id="",
                batch_id="",
                auth_code="",
            )
            return self._told(events.REFUNDED, self._books.add(refund))

    def release(self, trans_id: str) -> str:
        """Approve a held charge."""
        with self._lock:
            found = self._having(trans_id, books.HELD)
            found.status = books.PENDING
            return self._told(events.RELEASED, found)

    def refuse(self, trans_id: str) -> str:
        """Decline a held charge."""
        with self._lock:
            found = self._having(trans_id, books.HELD)
            found.status = books.DECLINED
            return self._told(events.REFUSED, found)

    def hear_from_bank(self, trans_id: str, status: str) -> None:
        """Give a settled charge the status that its bank brings about, which no webhook tells."""
        with self._lock:
            before = (books.SETTLED, books.CHARGED_BACK, books.WON_BACK)
            self._having(trans_id, *before).status = status

    def _having(self, trans_id: str, *statuses: str) -> Transaction:
        found = self._books.transactions.get(trans_id)
        if found is None or found.status not in statuses:
            raise ValueError(f"no transaction {trans_id} that is {' or '.join(statuses)}")
        return found

    def _told(self, event: str, transaction: Transaction) -> str:
        self._webhooks.tell(event, transaction)
        return transaction.trans_id
