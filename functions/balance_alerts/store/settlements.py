"""Posted charges on their way to the practice's bank account, until they are seen settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import TransactWriteError

from balance_alerts.store import keys, races, table
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record


class UnsettledRecord(Record, discriminator="unsettled"):
    """Stands in its practice's list until its charge is seen in a settlement, or taken back."""

    practice_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    attempt_id = UnicodeAttribute()
    trans_id = UnicodeAttribute()
    posted_at = InstantAttribute()
    api_login_id = UnicodeAttribute(null=True)


class Settlements:
    """What becomes of the money of posted charges."""

    def awaited(self, practice_id: str) -> Iterator[UnsettledRecord]:
        """The posted charges of a practice that were not seen settled yet."""
        pk, _ = keys.unsettled(practice_id, "")
        return iter(UnsettledRecord.query(pk, consistent_read=True))

    def note(self, waiting: UnsettledRecord, *, batch_id: str, settled_at: datetime) -> bool:
        """Write onto the attempt which settlement brought its money, and wait no more.

        Returns whether this did it, and no other sweep.
        """
        key = keys.attempt(waiting.practice_id, waiting.patient_id, waiting.attempt_id)
        try:
            with table.transaction() as transaction:
                transaction.update(
                    AttemptRecord(*key),
                    [
                        AttemptRecord.batch_id.set(batch_id),
                        AttemptRecord.settled_at.set(settled_at),
                    ],
                    condition=AttemptRecord.trans_id == waiting.trans_id,
                )
                transaction.delete(waiting)
        except TransactWriteError as error:
            # Another sweep may be writing the very same.
            if not races.lost_a_race(error):
                raise
            return False
        return True

    def give_up(self, waiting: UnsettledRecord) -> None:
        """Wait no more for a charge that staff were told of."""
        waiting.delete()


def unsettled(attempt: AttemptRecord, posted_at: datetime) -> UnsettledRecord:
    """A charge to wait for, as it is posted."""
    return UnsettledRecord(
        *keys.unsettled(attempt.practice_id, str(attempt.trans_id)),
        practice_id=attempt.practice_id,
        patient_id=attempt.patient_id,
        attempt_id=attempt.attempt_id,
        trans_id=attempt.trans_id,
        posted_at=posted_at,
        api_login_id=attempt.api_login_id,
    )
