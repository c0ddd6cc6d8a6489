"""What became of handing an alert to a provider, and what staff read about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class SendOutcome(StrEnum):
    """What one provider call certainly did, as far as that can be known.

    ACCEPTED: the provider took the message.
    REFUSED: the contact is at fault, for good; nothing was sent.
    NOT_SENT: certainly no effect; the same call may be tried again.
    STOPPED: certainly no effect, and every other call on this channel would fare the same.
    UNKNOWN: it may or may not have been sent; never repeated within the period.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    STOPPED = "stopped"
    UNKNOWN = "unknown"

    @property
    def counts(self) -> bool:
        """Whether the alert counts for the rhythm: it went out, or may have."""
        return self in (SendOutcome.ACCEPTED, SendOutcome.UNKNOWN)


class ChannelStatus(StrEnum):
    """The state of one alert on one channel, in the history that staff read."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPTED_OUT = "opted_out"
    CARRIER_BLOCKED = "carrier_blocked"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one send on one channel.

    `message_id` is the provider's, present once it accepted. `detail` is a stable code in lower
    snake case saying why, empty where there is nothing to say; never personal data.
    """

    outcome: SendOutcome
    message_id: str | None = None
    detail: str = ""

    @property
    def status(self) -> ChannelStatus:
        """What the history shows until a delivery report says more."""
        return _FIRST_STATUS[self.outcome]


_FIRST_STATUS = {
    SendOutcome.ACCEPTED: ChannelStatus.ACCEPTED,
    SendOutcome.REFUSED: ChannelStatus.NOT_SENT,
    SendOutcome.NOT_SENT: ChannelStatus.NOT_SENT,
    SendOutcome.STOPPED: ChannelStatus.NOT_SENT,
    SendOutcome.UNKNOWN: ChannelStatus.UNKNOWN,
}


_FROM_WEAKEST = (
    ChannelStatus.ACCEPTED,
    ChannelStatus.UNKNOWN,
    ChannelStatus.UNDETERMINED,
    ChannelStatus.DELIVERED,
    ChannelStatus.CARRIER_BLOCKED,
    ChannelStatus.NOT_SENT,
    ChannelStatus.OPTED_OUT,
    ChannelStatus.BOUNCED,
    ChannelStatus.COMPLAINED,
)
"""Which status may follow which: each one those before it, and none after it.

Mail servers take a message and return it hours later, so a bounce may follow a delivery; a person
who calls it spam has seen it. Whatever order reports come in, the last of these stands.
"""

REPORTED_WITHIN = timedelta(hours=72)
"""Providers report no later than this. What they took and never spoke of again is undetermined."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider told of a message that it had taken; `detail` as in `Delivery`."""

    status: ChannelStatus
    at: datetime
    detail: str = ""

    @property
    def weight(self) -> tuple[int, datetime, str]:
        """What decides between two reports of one message: the heavier one stands."""
        return _FROM_WEAKEST.index(self.status), self.at, self.detail


def may_follow(later: ChannelStatus, earlier: ChannelStatus) -> bool:
    """Whether a message of the one status may turn out to have the other."""
    return _FROM_WEAKEST.index(later) > _FROM_WEAKEST.index(earlier)
