"""What SES, SNS and a two-way number tell of messages, written as they write it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from infra.local.outbox import Message


class ReportType(StrEnum):
    """What may be reported."""

    DELIVERED = "delivered"
    BOUNCE = "bounce"
    SOFT_BOUNCE = "soft_bounce"
    COMPLAINT = "complaint"
    OPT_OUT = "opt_out"
    INVALID_NUMBER = "invalid_number"
    CARRIER_BLOCKED = "carrier_blocked"
    NO_QUOTA = "no_quota"
    INBOUND_STOP = "inbound_stop"
    INBOUND_START = "inbound_start"


OF_EMAILS = frozenset(
    {
        ReportType.DELIVERED,
        ReportType.BOUNCE,
        ReportType.SOFT_BOUNCE,
        ReportType.COMPLAINT,
    }
)
OF_TEXTS = frozenset(ReportType) - {ReportType.BOUNCE, ReportType.COMPLAINT}
REPLIES = {ReportType.INBOUND_STOP: "STOP", ReportType.INBOUND_START: "START"}

_TEXT_RESPONSES = {
    ReportType.DELIVERED: "Message has been accepted by phone carrier",
    ReportType.SOFT_BOUNCE: "Phone is currently unreachable/unavailable",
    ReportType.OPT_OUT: "Phone number is opted out",
    ReportType.INVALID_NUMBER: "Invalid phone number",
    ReportType.CARRIER_BLOCKED: "Phone carrier has blocked this message",
    ReportType.NO_QUOTA: "No quota left for account",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a report is about; `tags` are what an email was sent with."""

    to: str
    message_id: str
    sent_at: datetime
    tags: dict[str, list[str]]

    @classmethod
    def of(cls, message: Message) -> Sent:
        """A message that is in the outbox."""
        return cls(message.to, message.message_id, message.sent_at, message.tags)


def email_event(
    sent: Sent, kind: ReportType, at: datetime, sender: str, *, sub_type: str | None = None
) -> str:
    """Return an event as a configuration set publishes it; `sub_type` is of a bounce."""
    event: dict[str, Any] = {
        "mail": {
            "timestamp": _instant(sent.sent_at),
            "messageId": sent.message_id,
            "source": sender,
            "destination": [sent.to],
            "headersTruncated": False,
            "tags": sent.tags,
        }
    }
    if kind is ReportType.DELIVERED:
        event["eventType"] = "Delivery"
        event["delivery"] = {
            "timestamp": _instant(at),
            "recipients": [sent.to],
            "processingTimeMillis": 500,
            "smtpResponse": "250 2.6.0 Message received",
            "reportingMTA": "a8-50.smtp-out.amazonses.com",
        }
    elif kind is ReportType.COMPLAINT:
        event["eventType"] = "Complaint"
        event["complaint"] = {
            "timestamp": _instant(at),
            "complainedRecipients": [{"emailAddress": sent.to}],
            "feedbackId": str(uuid.uuid4()),
            "complaintSubType": None,
            "complaintFeedbackType": "abuse",
        }
    else:
        permanent = kind is ReportType.BOUNCE
        event["eventType"] = "Bounce"
        event["bounce"] = {
            "timestamp": _instant(at),
            "bounceType": "Permanent" if permanent else "Transient",
            "bounceSubType": sub_type or ("General" if permanent else "MailboxFull"),
            "bouncedRecipients": [
                {
                    "emailAddress": sent.to,
                    "action": "failed",
                    "status": "5.1.1" if permanent else "4.2.2",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                }
            ],
            "feedbackId": str(uuid.uuid4()),
            "reportingMTA": "dns; a8-50.smtp-out.amazonses.com",
        }
    return json.dumps(event)


def text_record(sent: Sent, kind: ReportType, at: datetime) -> str:
    """Return a record of the delivery log."""
    return json.dumps(
        {
            "notification": {
                "messageId": sent.message_id,
                "timestamp": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
            },
            "delivery": {
                "phoneCarrier": "Sample Mobile",
                "mnc": 270,
                "numberOfMessageParts": 1,
                "destination": sent.to,
                "priceInUSD": 0.00645,
                "smsType": "Transactional",
                "mcc": 310,
                "providerResponse": _TEXT_RESPONSES[kind],
                "dwellTimeMs": 599,
            },
            "status": "SUCCESS" if kind is ReportType.DELIVERED else "FAILURE",
        }
    )


def reply(number: str, text: str, at: datetime, *, topic_arn: str) -> str:
    """Return a reply as the topic of a two-way number hands it to a queue."""
    message = {
        "originationNumber": number,
        "destinationNumber": "+18005550100",
        "messageKeyword": "KEYWORD_000000000000",
        "messageBody": text,
        "inboundMessageId": str(uuid.uuid4()),
        "previousPublishedMessageId": str(uuid.uuid4()),
    }
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": topic_arn,
            "Message": json.dumps(message),
            "Timestamp": _instant(at),
        }
    )


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
