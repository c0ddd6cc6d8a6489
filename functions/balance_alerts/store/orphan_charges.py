"""Money that moved at the gateway and is not in a ledger: for staff to look into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.exceptions import PutError

from balance_alerts.domain.errors import RuleError
from balance_alerts.store import keys, races, table
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action


class OrphanReason(StrEnum):
    """Why it is not in a ledger, or should not be.

    UNKNOWN_ATTEMPT: charged by us, and nothing of it is written down. ANOTHER_AMOUNT: charged, but
    not what was asked for. POSTED_ELSEWHERE: a second charge of a payment. NOT_SETTLED: in the
    ledger, and the money did not come. ORIGINAL_NOT_POSTED: a return of a charge that is itself
    on this list. MORE_THAN_LEFT: returned, and the payment has less left on its cases.
    CHARGED_BACK_AGAIN: taken back once more after the practice had won. REFERENCE_MISSING: it bears
    one mark of an attempt and not the other, so that nobody but staff can say whose it is.
    """

    UNKNOWN_ATTEMPT = "unknown_attempt"
    ANOTHER_AMOUNT = "another_amount"
    POSTED_ELSEWHERE = "posted_elsewhere"
    NOT_SETTLED = "not_settled"
    ORIGINAL_NOT_POSTED = "original_not_posted"
    MORE_THAN_LEFT = "more_than_left"
    CHARGED_BACK_AGAIN = "charged_back_again"
    REFERENCE_MISSING = "reference_missing"


class OrphanState(StrEnum):
    """What became of it. DISMISSED: staff looked into it. POSTED: it is in a ledger by now."""

    OPEN = "open"
    DISMISSED = "dismissed"
    POSTED = "posted"


class OrphanChargeRecord(Record, discriminator="orphan_charge"):
    """One of them, a trouble a transaction. Never removed: a decided one is not raised anew."""

    practice_id = UnicodeAttribute()
    trans_id = UnicodeAttribute()
    invoice_number = UnicodeAttribute(null=True)
    amount_cents = NumberAttribute(null=True)
    patient_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute()
    state = UnicodeAttribute()
    found_at = InstantAttribute()
    decided_at = InstantAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    version = VersionAttribute()


class OrphanCharges:
    """The orphan charges of the stack."""

    def raise_once(
        self,
        practice_id: str,
        trans_id: str,
        reason: OrphanReason,
        *,
        invoice_number: str | None,
        amount_cents: int | None,
        patient_id: str | None,
        now: datetime,
    ) -> bool:
        """Put one on staff's list, unless it is or was there; whether it is new."""
        record = OrphanChargeRecord(
            *keys.orphan_charge(practice_id, trans_id, reason.value),
            practice_id=practice_id,
            trans_id=trans_id,
            invoice_number=invoice_number,
            amount_cents=amount_cents,
            patient_id=patient_id,
            reason=reason.value,
            state=OrphanState.OPEN.value,
            found_at=now,
        )
        try:
            record.save()  # the version is the condition: there is none before
        except PutError as error:
            if not races.lost_a_race(error):
                raise
            return False
        return True

    def get(self, practice_id: str, trans_id: str, reason: OrphanReason) -> OrphanChargeRecord:
        """One of them, read consistently.

        Raises:
            RuleError: `unknown_item`.
        """
        key = keys.orphan_charge(practice_id, trans_id, reason.value)
        found: OrphanChargeRecord | None = table.read([key]).get(key)
        if found is None:
            raise RuleError("unknown_item", "There is no such charge on the list.")
        return found

    def open(self, practice_id: str) -> Iterator[OrphanChargeRecord]:
        """Those that wait for a decision."""
        pk, _ = keys.practice(practice_id)
        return iter(
            OrphanChargeRecord.query(
                pk,
                OrphanChargeRecord.sk.startswith(keys.ORPHANS),
                filter_condition=OrphanChargeRecord.state == OrphanState.OPEN.value,
                consistent_read=True,
            )
        )

    def dismiss(
        self,
        record: OrphanChargeRecord,
        *,
        by: str,
        note: str,
        now: datetime,
        with_it: Iterable[Record] = (),
    ) -> None:
        """Note that staff looked into it and what they found; `with_it` is written with it.

        Raises:
            RuleError: `decided_meanwhile`.
        """
        decision = [
            OrphanChargeRecord.decided_by.set(by),
            OrphanChargeRecord.note.set(note),
        ]
        if not _ended(record, OrphanState.DISMISSED, now, *decision, with_it=with_it):
            raise RuleError(
                "decided_meanwhile", "Somebody decided this meanwhile; look at the list again."
            )

    def note_posted(self, record: OrphanChargeRecord, now: datetime) -> None:
        """Note that it came into a ledger after all; nothing where staff decided meanwhile."""
        _ended(record, OrphanState.POSTED, now)


def _ended(
    record: OrphanChargeRecord,
    state: OrphanState,
    now: datetime,
    *changes: Action,
    with_it: Iterable[Record] = (),
) -> bool:
    """Take one off the list; whether it was still there as read."""
    ended = [OrphanChargeRecord.state.set(state.value), OrphanChargeRecord.decided_at.set(now)]
    return races.updated_together(record, [*ended, *changes], with_it=with_it)
