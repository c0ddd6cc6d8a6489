"""Asking for the receipts of payments: right after posting, and again until each is dealt with.

Posting writes down that a receipt is owed; the sender takes that away once the email was handed
over. A message that got lost in between therefore costs minutes, never the receipt.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from balance_alerts.payments.settle import Settled
from balance_alerts.queues.alert_queue import AlertQueue, ReceiptWanted
from balance_alerts.store import owed_receipts
from balance_alerts.store.owed_receipts import OwedReceiptRecord
from balance_alerts.telemetry import failure

logger = logging.getLogger(__name__)

SHORTEST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=2)
LOST_AFTER = timedelta(minutes=15)
"""No sender lives that long: whoever claimed a receipt before and left it claimed is gone."""

GIVEN_UP_AFTER = timedelta(days=3)
"""A receipt that comes later is taken for a second payment."""


@dataclass(slots=True)
class OwedReceipts:
    """What a run found: `queued` again, `unknown` whether sent, `given_up` as too late."""

    queued: int = 0
    unknown: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class Receipts:
    """Queues receipts for the sender. Its queue must answer fast, or not at all."""

    queue: AlertQueue

    def want(self, settled: Settled) -> None:
        """Ask for the receipt of what was just posted, if one is owed. Never fails.

        What cannot be queued now, or is not sent, is queued by a later run of `queue_owed`.
        """
        if not settled.owes_receipt:
            return
        attempt = settled.attempt
        wanted = ReceiptWanted(attempt.practice_id, attempt.patient_id, attempt.attempt_id)
        try:
            self.queue.put_one(wanted)
        except Exception as error:
            # The patient waits for the answer to a payment, which is the same either way.
            extra = {"attempt_id": attempt.attempt_id, **failure(error)}
            logger.warning("receipt not queued; a later run does it", extra=extra)

    def queue_owed(self, now: datetime) -> OwedReceipts:
        """Ask again for receipts that are owed for some time; drop those that nobody can send.

        Waits grow with a receipt's age, from minutes to hours. One that a worker claimed and left
        behind is never repeated: it may have been sent.
        """
        found = OwedReceipts()
        due = list(self._due(owed_receipts.all_owed(), now, found))
        by_wish = {_wish(owed): owed for owed in due}
        for wanted in self.queue.put_all(by_wish):
            owed_receipts.note_queued(by_wish[wanted], now)
            found.queued += 1
        return found

    def _due(
        self, owing: Iterable[OwedReceiptRecord], now: datetime, found: OwedReceipts
    ) -> Iterator[OwedReceiptRecord]:
        for owed in owing:
            if owed.claimed_at is not None:
                if now - owed.claimed_at >= LOST_AFTER and owed_receipts.drop(owed):
                    found.unknown += 1
                    _log(owed, "a receipt's worker is gone; whether it was sent is not known")
            elif now - owed.owed_at >= GIVEN_UP_AFTER:
                if owed_receipts.drop(owed):
                    found.given_up += 1
                    _log(owed, "a receipt could not be sent for days; given up")
            elif now >= next_try_at(owed):
                yield owed


def next_try_at(owed: OwedReceiptRecord) -> datetime:
    """When to ask for it again: as long after the last time as it was owed by then.

    Whatever keeps it from being sent, its tries grow rare instead of filling the queue.
    """
    asked_at: datetime = owed.owed_at if owed.queued_at is None else owed.queued_at
    waited: timedelta = asked_at - owed.owed_at
    return asked_at + min(max(waited, SHORTEST_WAIT), LONGEST_WAIT)


def _wish(owed: OwedReceiptRecord) -> ReceiptWanted:
    return ReceiptWanted(owed.practice_id, owed.patient_id, owed.attempt_id)


def _log(owed: OwedReceiptRecord, what: str) -> None:
    logger.error(what, extra={"practice_id": owed.practice_id, "attempt_id": owed.attempt_id})
