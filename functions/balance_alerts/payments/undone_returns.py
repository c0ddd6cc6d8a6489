"""Returns that came to nothing: a refund that was voided, a chargeback that was won."""

from __future__ import annotations

from datetime import datetime

from balance_alerts.domain.attempt import Attempt
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.ledger import EntryKind, LedgerEntry, standing
from balance_alerts.payments.payment import METHOD
from balance_alerts.payments.returns import (
    Return,
    ReturnOutcome,
    first_entry_id,
    guard_key,
    read_for_return,
    write_return,
)
from balance_alerts.payments.settle import free_entry_ids
from balance_alerts.store import races
from balance_alerts.store.entries import entries_of, undone_ref

_MOST_REVERSALS = 24
"""Reversals one transaction holds: four actions each, of a hundred."""


def undo_return(attempt: Attempt, back: Return, clock: Clock) -> ReturnOutcome:
    """Reverse what was posted of a return: a refund that was voided, a chargeback that was won.

    What the practice's own system told of it stays; that system will tell the rest as well.

    Raises:
        Contention: nothing was written.
    """

    def undo() -> ReturnOutcome:
        found = read_for_return(attempt, back)
        posted = guard_key(attempt, back.ref) in found
        if not posted or guard_key(attempt, undone_ref(back.ref)) in found:
            return ReturnOutcome.KNOWN
        write_return(attempt, back, found, _reversals(attempt, back, clock()), clock(), undoes=True)
        return ReturnOutcome.POSTED

    return races.retrying(undo)


def _reversals(attempt: Attempt, back: Return, now: datetime) -> list[LedgerEntry]:
    """An adjustment for each of our entries of the return that stands."""
    first_id = first_entry_id(attempt, back.ref)
    ours = [
        entry
        for entry in standing(entries_of(attempt.practice_id, attempt.patient_id))
        if (entry.entry_id == first_id or entry.entry_id.startswith(f"{first_id}."))
        and entry.kind is back.kind
    ]
    ids = free_entry_ids(
        attempt.practice_id, first_entry_id(attempt, undone_ref(back.ref)), len(ours)
    )
    return [
        LedgerEntry(
            entry_id=entry_id,
            kind=EntryKind.ADJUSTMENT,
            amount_cents=-entry.signed_cents,
            case_id=entry.case_id,
            recorded_at=now,
            method=METHOD,
            external_ref=back.external_ref,
            reverses=entry.entry_id if len(ours) <= _MOST_REVERSALS else None,
        )
        for entry_id, entry in zip(ids, ours, strict=True)
    ]
