"""What Amazon SNS writes to its delivery log about a text after it took it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from balance_alerts.channels.provider_errors import detail_code
from balance_alerts.domain.channel_stop import NO_QUOTA
from balance_alerts.domain.contact import ContactFact
from balance_alerts.domain.delivery import ChannelStatus, Report
from balance_alerts.domain.personal import Contact


@dataclass(frozen=True, slots=True)
class TextRecord:
    """What became of one text. `fact` is what it says of the number, None where nothing for good.

    `reference` is the id that SNS gave when it took the text.
    """

    report: Report
    number: Contact
    reference: str
    fact: ContactFact | None = None


# A part of what SNS says, in lower case: the status, our code, and what it means for the number.
# Carriers word the same thing in several ways, and SNS passes some of their words on.
_REASONS: tuple[tuple[str, ChannelStatus, str, ContactFact | None], ...] = (
    ("opted out", ChannelStatus.OPTED_OUT, "opted_out", ContactFact.OPTED_OUT),
    ("invalid phone number", ChannelStatus.NOT_SENT, "invalid_number", ContactFact.INVALID),
    ("no quota left", ChannelStatus.NOT_SENT, NO_QUOTA, None),
    ("exceed max price", ChannelStatus.NOT_SENT, "above_max_price", None),
    ("message body is invalid", ChannelStatus.NOT_SENT, "invalid_body", None),
    ("blocked as spam", ChannelStatus.CARRIER_BLOCKED, "carrier_spam", None),
    ("carrier has blocked", ChannelStatus.CARRIER_BLOCKED, "carrier_blocked", None),
    ("phone has blocked", ChannelStatus.CARRIER_BLOCKED, "phone_blocked", None),
    ("blocked list", ChannelStatus.CARRIER_BLOCKED, "blocked_list", None),
    ("carrier is currently", ChannelStatus.BOUNCED, "carrier_unreachable", None),
    ("phone is currently", ChannelStatus.BOUNCED, "phone_unreachable", None),
    ("unknown error", ChannelStatus.UNDETERMINED, "unknown_error", None),
)


def text_record(record: Mapping[str, Any]) -> TextRecord:
    """Read a record of the delivery log.

    Raises:
        KeyError, ValueError: it is no such record.
    """
    notification, delivery = record["notification"], record["delivery"]
    said = str(delivery.get("providerResponse", ""))
    status, detail, fact = _meaning(record["status"], said)
    # Written like 2026-03-02 15:00:00.123, in UTC.
    at = datetime.fromisoformat(notification["timestamp"]).replace(tzinfo=UTC)
    number = Contact(delivery["destination"])
    return TextRecord(Report(status, at, detail), number, notification["messageId"], fact)


def _meaning(status: str, said: str) -> tuple[ChannelStatus, str, ContactFact | None]:
    if status == "SUCCESS":
        return ChannelStatus.DELIVERED, "", None
    if status != "FAILURE":
        raise ValueError("a record of a delivery tells success or failure")
    for words, meaning, detail, fact in _REASONS:
        if words in said.lower():
            return meaning, detail, fact
    # What nobody foresaw: it failed, and what was said may hold a number, so only its kind is kept.
    return ChannelStatus.UNDETERMINED, detail_code("unforeseen_reason"), None
