"""Every ledger entry of an account, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from balance_alerts.access.sessions import Visit
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.http_api.paging import PAGE_SIZE, cursor_of, sort_key_of
from balance_alerts.store.entries import ENTRIES, newest_entries

_CAUSES = {
    "1": "deductible",
    "2": "coinsurance",
    "3": "copay",
    "deductible": "deductible",
    "coinsurance": "coinsurance",
    "copay": "copay",
    "copayment": "copay",
}
_PAID_BY = {
    "card": "Card payment",
    "online": "Card payment",
    "check": "Check payment",
    "cash": "Cash payment",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEntry:
    """One movement; `amount_cents` is signed as it changes the balance."""

    kind: EntryKind
    amount_cents: int
    case_id: str
    recorded_at: datetime
    service_date: date | None
    cause: str | None
    payer: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Activity:
    """A page of entries, newest first; `next_cursor` is null on the last page."""

    entries: list[ActivityEntry]
    next_cursor: str | None


def activity_of(visit: Visit, cursor: str | None = None) -> Activity:
    """Entries from a cursor on, or the newest.

    Raises:
        RuleError: `invalid_value` for a cursor that is none.
    """
    after = None if cursor is None else sort_key_of(cursor, prefix=ENTRIES)
    page, last = newest_entries(visit.practice_id, visit.patient_id, after=after, limit=PAGE_SIZE)
    return Activity([_shown(entry) for entry in page], cursor_of(last) if last else None)


def plain_words(entry: LedgerEntry) -> str:
    """What an entry is, where its source did not say."""
    if entry.kind is EntryKind.RESPONSIBILITY:
        cause = _CAUSES.get((entry.cause or "").lower())
        return f"Your share ({cause})" if cause else "Your share"
    if entry.kind is EntryKind.PAYMENT:
        return f"{_PAID_BY.get((entry.method or '').lower(), 'Payment')}, thank you"
    if entry.kind is EntryKind.REFUND:
        return "Refund to you"
    if entry.kind is EntryKind.CHARGEBACK:
        return "Card payment taken back by your bank"
    return "Correction" if entry.reverses else "Adjustment"


def _shown(entry: LedgerEntry) -> ActivityEntry:
    return ActivityEntry(
        kind=entry.kind,
        amount_cents=entry.signed_cents,
        case_id=entry.case_id,
        recorded_at=entry.recorded_at,
        service_date=entry.service_date,
        cause=entry.cause,
        payer=entry.payer,
        description=entry.description or plain_words(entry),
    )
