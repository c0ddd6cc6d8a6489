"""What new entries do to the dates of an account: its window, and the hold of a dispute."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.ledger import (
    LedgerEntry,
    Window,
    counted_responsibilities,
    extend,
    has_closed,
    window_of,
)
from balance_alerts.store.account_record import AccountRecord

CHARGEBACK_HOLD = timedelta(days=60)


def extend_window(
    account: AccountRecord, recorded_at: datetime, time_zone: str, now: datetime
) -> bool:
    """Let the window follow a new responsibility; false where only the whole ledger tells how."""
    window = extend(account.window, recorded_at, time_zone)
    if window is None:
        return False
    _set_window(account, window, time_zone, now)
    return True


def reckon_window(
    account: AccountRecord, ledger: Iterable[LedgerEntry], time_zone: str, now: datetime
) -> None:
    """Find the window anew: entries came out of order, or were reversed."""
    _set_window(account, window_of(counted_responsibilities(ledger), time_zone), time_zone, now)


def hold_for_dispute(account: AccountRecord, recorded_at: datetime, time_zone: str) -> None:
    """Hold alerts after a chargeback, unless they are held for longer already."""
    until = local_date(recorded_at, time_zone) + CHARGEBACK_HOLD
    held_until: date | None = account.to_domain().holds.get(HoldReason.DISPUTE)
    if held_until is None or held_until < until:
        account.hold(HoldReason.DISPUTE, until)


def _set_window(
    account: AccountRecord, window: Window | None, time_zone: str, now: datetime
) -> None:
    """Set the window; old debt whose window is over already never enters the due index."""
    if window == account.window:
        return
    account.window = window
    closed = window is not None and has_closed(window, now, time_zone)
    account.window_seen_closed = closed or None
