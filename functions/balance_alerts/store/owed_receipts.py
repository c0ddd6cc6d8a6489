"""Receipts that are owed: of payments in the ledger, not emailed yet.

Whoever claims one is the only one to send it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DeleteError, UpdateError

from balance_alerts.store import keys, races, table
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action


class OwedReceiptRecord(Record, discriminator="owed_receipt"):
    """Stands in the list of owed receipts until its email was handed over, or never will be.

    `queued_at` is when it was last asked for again, `claim_id` and `claimed_at` are of the worker
    that sends it. Left claimed by a worker that is gone, nobody knows whether it was sent.
    """

    practice_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    attempt_id = UnicodeAttribute()
    owed_at = InstantAttribute()
    queued_at = InstantAttribute(null=True)
    claim_id = UnicodeAttribute(null=True)
    claimed_at = InstantAttribute(null=True)


def new(attempt: AttemptRecord, owed_at: datetime) -> OwedReceiptRecord:
    """The receipt of an attempt, for the transaction that posts its payment."""
    return OwedReceiptRecord(
        *keys.owed_receipt(attempt.practice_id, attempt.attempt_id),
        practice_id=attempt.practice_id,
        patient_id=attempt.patient_id,
        attempt_id=attempt.attempt_id,
        owed_at=owed_at,
    )


def all_owed() -> Iterator[OwedReceiptRecord]:
    """Every receipt that is owed, of all practices."""
    pk, _ = keys.owed_receipt("", "")
    yield from OwedReceiptRecord.query(pk, consistent_read=True)


def claim(owed: OwedReceiptRecord, claim_id: str, now: datetime) -> bool:
    """Whether the bearer of this id, which nobody used before, is the one who may send it.

    Repeated by the SDK, or answered by nobody, the claim still holds if it was written.
    """
    free = OwedReceiptRecord.claim_id.does_not_exist() | (OwedReceiptRecord.claim_id == claim_id)
    changes: list[Action] = [
        OwedReceiptRecord.claim_id.set(claim_id),
        OwedReceiptRecord.claimed_at.set(now),
    ]
    try:
        owed.update(changes, condition=OwedReceiptRecord.pk.exists() & free)
    except UpdateError as error:
        if races.lost_a_race(error):
            return False
        if not _holds(owed, claim_id):
            raise
    return True


def give_back(owed: OwedReceiptRecord, claim_id: str) -> None:
    """Certainly nothing was sent: whoever comes next may try."""
    changes = [OwedReceiptRecord.claim_id.remove(), OwedReceiptRecord.claimed_at.remove()]
    _update(owed, changes, OwedReceiptRecord.claim_id == claim_id)


def note_queued(owed: OwedReceiptRecord, now: datetime) -> None:
    """Remember that it was asked for again, if it is still owed."""
    _update(owed, [OwedReceiptRecord.queued_at.set(now)], OwedReceiptRecord.pk.exists())


def settle(owed: OwedReceiptRecord) -> None:
    """No longer owed: it was sent, or never will be. Safe to repeat."""
    owed.delete()


def drop(owed: OwedReceiptRecord) -> bool:
    """No longer owed, unless somebody has claimed it, or given it back, since it was read."""
    attribute = OwedReceiptRecord.claim_id
    as_read = attribute.does_not_exist() if owed.claim_id is None else attribute == owed.claim_id
    try:
        owed.delete(condition=as_read)
    except DeleteError as error:
        if not races.lost_a_race(error):
            raise
        return False
    return True


def _update(owed: OwedReceiptRecord, changes: Sequence[Action], condition: Condition) -> None:
    try:
        owed.update(list(changes), condition=condition)
    except UpdateError as error:
        if not races.lost_a_race(error):
            raise


def _holds(owed: OwedReceiptRecord, claim_id: str) -> bool:
    key = (owed.pk, owed.sk)
    stored: OwedReceiptRecord | None = table.read([key]).get(key)
    return stored is not None and stored.claim_id == claim_id
