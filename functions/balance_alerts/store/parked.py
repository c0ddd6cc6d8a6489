"""What waits for staff to release or dismiss: claims and possible duplicate payments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.exceptions import PutError

from balance_alerts.domain.errors import RuleError
from balance_alerts.store import keys, races, table
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action

REMEMBERED = timedelta(days=730)
"""A decided item is kept this long, so that the same file again does not bring it back."""
A_RELEASE_IS_OVER = timedelta(minutes=15)
"""By then whoever began a release has ended it or was killed: no worker lives longer."""


class ParkedKind(StrEnum):
    """What is parked."""

    CLAIM = "claim"
    PAYMENT = "payment"


class ParkedState(StrEnum):
    """What staff decided."""

    OPEN = "open"
    RELEASED = "released"
    DISMISSED = "dismissed"


class ParkedRecord(Record, discriminator="parked"):
    """One parked item. `content` is what a release takes in; it holds no names.

    `release_begun_at` says of an open one that it may be in the ledger, and since when.
    """

    practice_id = UnicodeAttribute()
    item_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    case_id = UnicodeAttribute()
    amount_cents = NumberAttribute()
    import_id = UnicodeAttribute()
    line = NumberAttribute()
    content = JSONAttribute()
    parked_at = InstantAttribute()
    decided_at = InstantAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    release_begun_at = InstantAttribute(null=True)
    version = VersionAttribute()

    @property
    def is_being_released(self) -> bool:
        """Whether a release was begun, and neither ended nor was refused."""
        return self.release_begun_at is not None


class ParkedItems:
    """The parked items of the stack."""

    def park(self, record: ParkedRecord) -> ParkedRecord:
        """Keep an item; returns the one that is kept, which may have been parked before."""
        try:
            record.save()
        except PutError as error:
            if not races.lost_a_race(error):
                raise
            return self.get(record.practice_id, record.item_id)
        return record

    def known(self, practice_id: str, item_ids: list[str]) -> dict[str, ParkedRecord]:
        """Those of these items that are parked or were."""
        wanted = {keys.parked(practice_id, item_id): item_id for item_id in item_ids}
        return {wanted[key]: record for key, record in table.read(wanted).items()}

    def get(self, practice_id: str, item_id: str) -> ParkedRecord:
        """One item, read consistently.

        Raises:
            RuleError: `unknown_item`.
        """
        found = self.known(practice_id, [item_id]).get(item_id)
        if found is None:
            raise RuleError("unknown_item", "There is no parked item with this id.")
        return found

    def open(self, practice_id: str) -> Iterator[ParkedRecord]:
        """The items that wait for a decision."""
        pk, prefix = keys.parked(practice_id, "")
        return iter(
            ParkedRecord.query(
                pk,
                ParkedRecord.sk.startswith(prefix),
                filter_condition=ParkedRecord.state == ParkedState.OPEN.value,
                consistent_read=True,
            )
        )

    def decide(
        self,
        record: ParkedRecord,
        state: ParkedState,
        *,
        by: str,
        note: str,
        now: datetime,
        with_it: Iterable[Record] = (),
    ) -> None:
        """Note what staff decided; `with_it` is written with it.

        Raises:
            RuleError: `decided_meanwhile`.
        """
        changes: list[Action] = [
            ParkedRecord.state.set(state.value),
            ParkedRecord.decided_by.set(by),
            ParkedRecord.decided_at.set(now),
            ParkedRecord.note.set(note),
            ParkedRecord.release_begun_at.remove(),
            ParkedRecord.expires_at.set(now + REMEMBERED),
        ]
        if not races.updated_together(record, changes, with_it=with_it):
            raise _decided_meanwhile()

    def begin_release(self, record: ParkedRecord, now: datetime) -> bool:
        """Note that an item may be in the ledger from now on, as nobody has decided otherwise.

        It is written even where another release noted it: whoever was first can then neither
        decide nor end what this one goes on with.

        Returns whether no other release may be under way.

        Raises:
            RuleError: `decided_meanwhile`.
        """
        before = record.release_begun_at
        if not races.updated_together(record, [ParkedRecord.release_begun_at.set(now)]):
            raise _decided_meanwhile()
        return before is None or now - before > A_RELEASE_IS_OVER

    def end_release(self, record: ParkedRecord) -> None:
        """Note that the release was refused; nothing where somebody went on meanwhile.

        Only for what is not in the ledger, and may not be about to be by another release.
        """
        races.updated_together(record, [ParkedRecord.release_begun_at.remove()])


def _decided_meanwhile() -> RuleError:
    return RuleError(
        "decided_meanwhile", "Somebody decided this meanwhile; look at the list again."
    )


def new_item(
    practice_id: str,
    item_id: str,
    *,
    kind: ParkedKind,
    reason: str,
    patient_id: str,
    case_id: str,
    amount_cents: int,
    origin: tuple[str, int],
    content: Mapping[str, Any],
    now: datetime,
) -> ParkedRecord:
    """An item to park; `origin` is its import's id and line."""
    import_id, line = origin
    return ParkedRecord(
        *keys.parked(practice_id, item_id),
        practice_id=practice_id,
        item_id=item_id,
        kind=kind.value,
        state=ParkedState.OPEN.value,
        reason=reason,
        patient_id=patient_id,
        case_id=case_id,
        amount_cents=amount_cents,
        import_id=import_id,
        line=line,
        content=dict(content),
        parked_at=now,
    )
