"""Ledger entries, and the window that responsibility opens.

Entries are append-only. They may arrive late and out of order; what counts is when their source
recorded them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.money import LARGEST_AMOUNT_CENTS

WINDOW_DAYS = 60
"""A window is open on local days 0 to 59 after the newest responsibility (Rule 5)."""

LARGEST_ENTRY_CENTS = LARGEST_AMOUNT_CENTS
AHEAD_OF_US = timedelta(days=1)


class EntryKind(StrEnum):
    """What a ledger entry is."""

    RESPONSIBILITY = "responsibility"
    PAYMENT = "payment"
    ADJUSTMENT = "adjustment"
    REFUND = "refund"
    CHARGEBACK = "chargeback"


class EntryError(RuleError):
    """A ledger entry is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One movement of an account's balance, as its source recorded it.

    `amount_cents` is positive, but for an adjustment, which carries its own sign. `entry_id` is
    given by the source and unique in the practice. `reverses` names the entry that an adjustment
    cancels in full.
    """

    entry_id: str
    kind: EntryKind
    amount_cents: int
    case_id: str
    recorded_at: datetime
    case_label: str | None = None
    service_date: date | None = None
    cause: str | None = None
    payer: str | None = None
    method: str | None = None
    external_ref: str | None = None
    reverses: str | None = None
    description: str | None = None

    @property
    def signed_cents(self) -> int:
        """What the entry adds to the balance: payments subtract, the rest add."""
        return -self.amount_cents if self.kind is EntryKind.PAYMENT else self.amount_cents


@dataclass(frozen=True, slots=True)
class Window:
    """The days in which an account may be alerted: opened by one responsibility, extended by more.

    Both are instants, so that their local dates follow the account's time zone (Rules 5 and 7).
    """

    opened_at: datetime
    newest_at: datetime


def check_entry(entry: LedgerEntry, now: datetime) -> None:
    """Refuse an entry that cannot be true.

    Raises:
        EntryError: with the reason.
    """
    if entry.recorded_at > now + AHEAD_OF_US:
        raise EntryError(
            "recorded_in_the_future",
            "recorded_at is more than a day ahead; check the date, above all its year.",
        )
    if entry.kind is EntryKind.ADJUSTMENT:
        if entry.amount_cents == 0:
            raise EntryError("amount_zero", "An adjustment of nothing changes nothing; remove it.")
    elif entry.amount_cents <= 0:
        raise EntryError(
            "amount_not_positive",
            f"The amount of a {entry.kind} is positive; its kind says which way it counts.",
        )
    if abs(entry.amount_cents) > LARGEST_ENTRY_CENTS:
        raise EntryError("amount_too_large", "The amount is over $100,000; is it a typing slip?")
    if entry.reverses is not None and entry.kind is not EntryKind.ADJUSTMENT:
        raise EntryError("reverses_not_adjustment", "Only an adjustment can reverse an entry.")
    if entry.reverses == entry.entry_id:
        raise EntryError("reverses_itself", "An entry cannot reverse itself; name the other one.")


def days_between(earlier: datetime, later: datetime, time_zone: str) -> int:
    """Local days from `earlier` to `later`; negative where they are the other way round."""
    return (local_date(later, time_zone) - local_date(earlier, time_zone)).days


def has_closed(window: Window, now: datetime, time_zone: str) -> bool:
    """Whether the window's 60 local days are over (Rule 5)."""
    return days_between(window.newest_at, now, time_zone) >= WINDOW_DAYS


def extend(window: Window | None, recorded_at: datetime, time_zone: str) -> Window | None:
    """The window after one more responsibility, or None where only the whole ledger can tell.

    A responsibility in order opens a window or extends it; one that falls within the window, or
    too long before it to reach it, changes nothing. One shortly before it opens it earlier, and
    may join another to it, which takes `window_of`.
    """
    if window is None:
        return Window(recorded_at, recorded_at)
    if recorded_at >= window.newest_at:
        if days_between(window.newest_at, recorded_at, time_zone) >= WINDOW_DAYS:
            return Window(recorded_at, recorded_at)
        return Window(window.opened_at, recorded_at)
    if recorded_at >= window.opened_at:
        return window
    out_of_reach = days_between(recorded_at, window.opened_at, time_zone) >= WINDOW_DAYS
    return window if out_of_reach else None


def window_of(recorded: Iterable[datetime], time_zone: str) -> Window | None:
    """The newest window that these responsibilities make, in whatever order they come."""
    window: Window | None = None
    for recorded_at in sorted(recorded):
        window = extend(window, recorded_at, time_zone)
    return window


def counted_responsibilities(entries: Iterable[LedgerEntry]) -> list[datetime]:
    """When each responsibility was recorded that no adjustment reverses (Rule 5)."""
    return [
        entry.recorded_at for entry in standing(entries) if entry.kind is EntryKind.RESPONSIBILITY
    ]


def standing(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The entries that no adjustment among them reverses."""
    entries = list(entries)
    reversed_ids = {entry.reverses for entry in entries if entry.reverses is not None}
    return [entry for entry in entries if entry.entry_id not in reversed_ids]


def parts_of_payment(entries: Iterable[LedgerEntry], trans_id: str) -> list[LedgerEntry]:
    """The standing entries of the payment by this transaction, whoever told of it."""
    return [
        entry
        for entry in standing(entries)
        if entry.kind is EntryKind.PAYMENT and entry.external_ref == trans_id
    ]
