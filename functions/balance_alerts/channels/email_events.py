"""What Amazon SES tells of an email after it took it, as its configuration set publishes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from balance_alerts.channels.email import ALERT_TAG, PRACTICE_TAG
from balance_alerts.channels.provider_errors import detail_code
from balance_alerts.domain.contact import ContactFact
from balance_alerts.domain.delivery import ChannelStatus, Report
from balance_alerts.domain.personal import Contact

_NOT_SPAM = "not-spam"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailEvent:
    """What became of one email.

    `reference` and `practice_code` are what the email was tagged with, None where it was not sent
    by us. `fact` is what it says of the address, None where it says nothing for good.
    """

    report: Report
    address: Contact | None
    reference: str | None
    practice_code: str | None
    fact: ContactFact | None = None


def email_event(event: Mapping[str, Any]) -> EmailEvent | None:
    """Read an event; None where it is of a kind that changes nothing.

    Raises:
        KeyError, ValueError: it is no event of SES.
    """
    kind = event.get("eventType") or event["notificationType"]
    found = _READERS[kind](event) if kind in _READERS else None
    if found is None:
        return None
    report, fact = found
    mail = event["mail"]
    tags = mail.get("tags", {})
    # Each of our emails has one recipient; a complaint may name everybody at that domain instead.
    recipients = mail["destination"]
    return EmailEvent(
        report=report,
        address=Contact(recipients[0]) if len(recipients) == 1 else None,
        reference=next(iter(tags.get(ALERT_TAG, [])), None),
        practice_code=next(iter(tags.get(PRACTICE_TAG, [])), None),
        fact=fact,
    )


_Read = tuple[Report, ContactFact | None]


def _delivery(event: Mapping[str, Any]) -> _Read:
    return Report(ChannelStatus.DELIVERED, _instant(event["delivery"])), None


def _bounce(event: Mapping[str, Any]) -> _Read:
    bounce = event["bounce"]
    detail = detail_code(f"{bounce['bounceType']}_{bounce['bounceSubType']}")
    # A full mailbox or a server that is down says nothing of the address; SES has tried for hours.
    for_good = bounce["bounceType"] == "Permanent"
    report = Report(ChannelStatus.BOUNCED, _instant(bounce), detail)
    return report, ContactFact.BOUNCED if for_good else None


def _complaint(event: Mapping[str, Any]) -> _Read | None:
    complaint = event["complaint"]
    kind = complaint.get("complaintFeedbackType")
    if kind == _NOT_SPAM:  # somebody took it out of the spam folder
        return None
    report = Report(ChannelStatus.COMPLAINED, _instant(complaint), detail_code(kind or ""))
    return report, ContactFact.COMPLAINED


def _reject(event: Mapping[str, Any]) -> _Read:
    return Report(ChannelStatus.NOT_SENT, _instant(event["mail"]), "rejected"), None


_READERS = {
    "Delivery": _delivery,
    "Bounce": _bounce,
    "Complaint": _complaint,
    "Reject": _reject,
}


def _instant(part: Mapping[str, Any]) -> datetime:
    instant = datetime.fromisoformat(part["timestamp"])
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant
