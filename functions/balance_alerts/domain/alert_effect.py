"""What alerts led to: what follows counts for the last alert before it, for 14 days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

COUNTS_FOR = timedelta(days=14)


def payments_after(
    alerts_on: Iterable[date], payments: Iterable[tuple[date, int]]
) -> Mapping[date, list[int]]:
    """The amounts, in cents, of the payments that each alert led to, by the alert's local date.

    One payment counts once: for the latest alert on its day or up to 14 days before.
    """
    alerts = set(alerts_on)
    found: dict[date, list[int]] = {}
    for paid_on, cents in payments:
        alert_on = _last_before(alerts, paid_on)
        if alert_on is not None:
            found.setdefault(alert_on, []).append(cents)
    return found


def opt_outs_after(
    alerts: Iterable[tuple[date, bool]], withdrawn_on: Iterable[date]
) -> Mapping[date, int]:
    """How many alerts of one account ended in an opt-out, by their local date.

    One that was reported as opted out did, and so did the latest on the day of a withdrawal of
    consent or up to 14 days before. Several withdrawals after one alert, one a channel, or one that
    the report tells of as well, are one opt-out.

    Args:
        alerts: each alert's local date, and whether a report says that its contact had opted out.
        withdrawn_on: the local date of each withdrawal.
    """
    sent = list(alerts)
    reported = Counter(day for day, opted_out in sent if opted_out)
    days = {day for day, _ in sent}
    followed = {_last_before(days, day) for day in withdrawn_on}
    return reported | Counter(day for day in followed if day is not None)


def _last_before(alerts_on: set[date], day: date) -> date | None:
    """The date of the last alert that something on a day counts for."""
    return max((each for each in alerts_on if each <= day <= each + COUNTS_FOR), default=None)
