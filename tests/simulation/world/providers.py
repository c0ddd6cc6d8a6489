"""The ways to patients: Amazon SNS and SES, phones and mailboxes, and what is reported back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSResponse

from tests.simulation.world.answers import of_json, of_xml, refusal
from tests.simulation.world.scheduler import Clock

_LINK = re.compile(r"/a/([\w.~-]+)")


@dataclass(frozen=True)
class Delivered:
    """A message that a patient got. `token` is its link's, None where it has none."""

    number: int
    channel: str
    to: str
    words: str
    at: float
    token: str | None
    tag: str | None = None


@dataclass
class Providers:
    """What SNS and SES took, delivered, and will report of it."""

    clock: Clock
    delivered: list[Delivered] = field(default_factory=list)
    reports: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)
    suppressed: set[str] = field(default_factory=set)
    dead_contacts: set[str] = field(default_factory=set)
    quota_used_up: bool = False
    taken: int = 0

    def sns(self, operation: str, request: Any) -> AWSResponse:
        """Answer a request to SNS."""
        asked = {name: values[0] for name, values in parse_qs(_text(request.body)).items()}
        if operation == "Publish":
            return of_xml(operation, f"<MessageId>{self._text(asked)}</MessageId>")
        if operation == "CheckIfPhoneNumberIsOptedOut":
            known = str(asked["phoneNumber"] in self.opted_out).lower()
            return of_xml(operation, f"<isOptedOut>{known}</isOptedOut>")
        if operation == "OptInPhoneNumber":
            self.opted_out.discard(asked["phoneNumber"])
            return of_xml(operation, "")
        if operation == "ListPhoneNumbersOptedOut":
            members = "".join(f"<member>{number}</member>" for number in sorted(self.opted_out))
            return of_xml(operation, f"<phoneNumbers>{members}</phoneNumbers>")
        raise NotImplementedError(operation)

    def ses(self, operation: str, request: Any) -> AWSResponse:
        """Answer a request to SES."""
        if operation == "SendEmail":
            return of_json({"MessageId": self._email(json.loads(_text(request.body)))})
        if operation == "DeleteSuppressedDestination":
            address = request.url.rsplit("/", 1)[1].replace("%40", "@")
            if address not in self.suppressed:
                return refusal("sesv2", "NotFoundException", "not on the list", 404)
            self.suppressed.discard(address)
            return of_json({})
        raise NotImplementedError(operation)

    def _text(self, asked: dict[str, str]) -> str:
        number, words = asked["PhoneNumber"], asked["Message"]
        message_id = self._taken("sns")
        if self.quota_used_up:
            self._report_text(message_id, number, "FAILURE", "No quota left for account")
        elif number in self.opted_out:
            self._report_text(message_id, number, "FAILURE", "Phone number is opted out")
        elif number in self.dead_contacts:
            self._report_text(message_id, number, "FAILURE", "Invalid phone number")
        else:
            self._deliver("text", number, words, tag=None)
            self._report_text(message_id, number, "SUCCESS", "Message has been accepted by phone")
        return message_id

    def _email(self, asked: dict[str, Any]) -> str:
        [address] = asked["Destination"]["ToAddresses"]
        tags = {tag["Name"]: tag["Value"] for tag in asked["EmailTags"]}
        message_id = self._taken("ses")
        if address in self.suppressed or address in self.dead_contacts:
            self.suppressed.add(address)
            self.report_email("Bounce", address, tags)
        else:
            words = asked["Content"]["Simple"]["Body"]["Text"]["Data"]
            self._deliver("email", address, words, tag=tags["alert_id"])
            self.report_email("Delivery", address, tags)
        return message_id

    def _taken(self, by: str) -> str:
        self.taken += 1
        return f"{by}-{self.taken:04}"

    def _deliver(self, channel: str, to: str, words: str, tag: str | None) -> None:
        found = _LINK.search(words)
        token = found[1] if found else None
        number = len(self.delivered)
        self.delivered.append(Delivered(number, channel, to, words, self.clock.seconds, token, tag))

    def _report_text(self, message_id: str, number: str, status: str, said: str) -> None:
        timestamp = self.clock.now().replace(tzinfo=None).isoformat(" ", "milliseconds")
        self.reports.append(
            (
                "text",
                {
                    "notification": {"messageId": message_id, "timestamp": timestamp},
                    "delivery": {"destination": number, "providerResponse": said},
                    "status": status,
                },
            )
        )

    def report_email(self, kind: str, address: str, tags: dict[str, str]) -> None:
        """Tell of an email as SES would."""
        told: dict[str, Any] = {"timestamp": self.clock.now().isoformat()}
        if kind == "Bounce":
            told |= {"bounceType": "Permanent", "bounceSubType": "General"}
        if kind == "Complaint":
            told |= {"complaintFeedbackType": "abuse"}
        mail = {"destination": [address], "tags": {name: [tag] for name, tag in tags.items()}}
        event = {"eventType": kind, "mail": mail, kind.lower(): told}
        self.reports.append(("email", event))


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)
