"""Whether a payment is told twice: online, and once more by the office's own system."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.ledger import EntryKind, LedgerEntry

NEARBY = timedelta(days=3)
_AT_THE_DESK = frozenset({"cash", "check"})


def is_online(entry: LedgerEntry) -> bool:
    """Whether a payment went through the gateway: it then has the gateway's reference."""
    return (
        entry.kind is EntryKind.PAYMENT
        and entry.external_ref is not None
        and (entry.method or "").lower() not in _AT_THE_DESK
    )


def may_be_told_twice(entry: LedgerEntry) -> bool:
    """Whether an entry can be such a second telling at all."""
    return entry.kind is EntryKind.PAYMENT and entry.external_ref is None


def repeats(entry: LedgerEntry, others: Iterable[LedgerEntry], time_zone: str) -> bool:
    """Whether an online payment of this amount lies within three local days of `entry`."""
    day = local_date(entry.recorded_at, time_zone)
    return may_be_told_twice(entry) and any(
        is_online(other)
        and other.amount_cents == entry.amount_cents
        and abs(local_date(other.recorded_at, time_zone) - day) <= NEARBY
        for other in others
    )
