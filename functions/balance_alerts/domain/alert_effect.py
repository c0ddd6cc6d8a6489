"""What alerts led to: each payment counts for the last alert before it, for 14 days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

COUNTS_FOR = timedelta(days=14)


def payments_after(
    alerts_on: Iterable[date], payments: Iterable[tuple[date, int]]
) -> Mapping[date, list[int]]:
    """The amounts, in cents, of the payments that each alert led to, by the alert's local date.

    One payment counts once: for the latest alert on its day or up to 14 days before.
    """
    alerts = sorted(set(alerts_on))
    found: dict[date, list[int]] = {}
    for paid_on, cents in payments:
        before = [day for day in alerts if day <= paid_on <= day + COUNTS_FOR]
        if before:
            found.setdefault(before[-1], []).append(cents)
    return found
