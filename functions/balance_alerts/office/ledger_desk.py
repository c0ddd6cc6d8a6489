"""The ledger of a patient as staff see it, and entries that they record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from balance_alerts.domain.audit import Who
from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ids import check_id
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.office.patient_changes import EARLIEST, check_plausible_day
from balance_alerts.office.patient_file import open_file
from balance_alerts.store.audit import audit_record
from balance_alerts.store.entries import ENTRIES, newest_entries
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.posting import PostingOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """A ledger entry as recorded; `change_cents` is what it does to the balance."""

    entry_id: str
    kind: EntryKind
    amount_cents: int
    change_cents: int
    case_id: str
    case_label: str | None
    recorded_at: datetime
    service_date: date | None
    cause: str | None
    payer: str | None
    method: str | None
    external_ref: str | None
    reverses: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of entries, newest first; `next_cursor` is null on the last page."""

    entries: list[EntryView]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class LedgerDesk:
    """Reads and adds to a patient's ledger."""

    ledger: Ledger
    clock: Clock

    def post(self, practice_id: str, patient_id: str, entry: LedgerEntry, *, by: Who) -> bool:
        """Record an entry; says whether it was added, or known already.

        Raises:
            RuleError: `unknown_patient`, `entry_conflict`, `invalid_id`, `invalid_value`, and
                what makes an entry impossible.
        """
        now = self.clock()
        for given_id in (entry.entry_id, entry.case_id, entry.reverses):
            if given_id is not None:
                check_id(given_id)
        if entry.recorded_at < EARLIEST:
            raise RuleError("invalid_value", "recorded_at is over a century back; check it.")
        if entry.service_date is not None:
            check_plausible_day("service_date", entry.service_date, now)
        practice = open_file(practice_id, patient_id, now).practice
        note = audit_record(
            practice_id,
            by,
            now,
            action="entry_recorded",
            subject=f"patient {patient_id}",
            before={},
            after={
                "entry_id": entry.entry_id,
                "kind": entry.kind.value,
                "amount_cents": entry.amount_cents,
                "case_id": entry.case_id,
            },
        )
        [posting] = self.ledger.post(
            practice, patient_id, [entry], origin=f"staff {by.id}", with_it=[note]
        )
        if posting.outcome is PostingOutcome.REFUSED:
            raise RuleError(posting.code, posting.message)
        return posting.outcome is PostingOutcome.ADDED

    def page(self, practice_id: str, patient_id: str, cursor: str | None) -> EntryPage:
        """Entries from a cursor on, or the newest.

        Raises:
            RuleError: `unknown_patient`, `invalid_value` for a cursor that is none.
        """
        after = None if cursor is None else sort_key_of(cursor, prefix=ENTRIES)
        open_file(practice_id, patient_id, self.clock())
        page, last = newest_entries(practice_id, patient_id, after=after, limit=PAGE_SIZE)
        return EntryPage([entry_view(entry) for entry in page], cursor_of(last) if last else None)


def entry_view(entry: LedgerEntry) -> EntryView:
    """An entry as staff see it."""
    return EntryView(
        entry_id=entry.entry_id,
        kind=entry.kind,
        amount_cents=entry.amount_cents,
        change_cents=entry.signed_cents,
        case_id=entry.case_id,
        case_label=entry.case_label,
        recorded_at=entry.recorded_at,
        service_date=entry.service_date,
        cause=entry.cause,
        payer=entry.payer,
        method=entry.method,
        external_ref=entry.external_ref,
        reverses=entry.reverses,
        description=entry.description,
    )
