"""A condition of the whole AWS account that keeps every message of a channel from going out.

What is due meanwhile stays due: nobody claims an account for a channel that rests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from balance_alerts.domain.contact import Channel

NO_QUOTA: Final = "no_quota"
"""The month's spending limit for texts is reached. SNS goes on taking texts, and sends none."""

REST = timedelta(minutes=10)
"""After so long a channel is tried again, but for what ends with the month."""


@dataclass(frozen=True, slots=True)
class ChannelStop:
    """Since when a channel rests, why (a stable code), and until when it is left alone."""

    channel: Channel
    reason: str
    since: datetime
    until: datetime

    def holds_at(self, now: datetime) -> bool:
        """Whether the channel rests at this instant."""
        return self.since <= now < self.until


def rests_until(reason: str, at: datetime) -> datetime:
    """Until when a channel rests that met a condition at an instant."""
    if reason != NO_QUOTA:
        return at + REST
    month = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (month + timedelta(days=32)).replace(day=1)
