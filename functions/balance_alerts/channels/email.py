"""Email, through Amazon SES."""

from __future__ import annotations

import re
from email.header import Header
from email.utils import parseaddr, quote
from typing import TYPE_CHECKING, Final

from balance_alerts.channels.provider_errors import THROTTLED, classify, delivery_of
from balance_alerts.domain.delivery import Delivery, SendOutcome

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client
    from mypy_boto3_sesv2.type_defs import ContentTypeDef, SendEmailRequestTypeDef

    from balance_alerts.channels.email_page import EmailContent

ALERT_TAG: Final = "alert_id"
PRACTICE_TAG: Final = "practice"
"""Tags come back with every report of an email; recipients do not see them."""
_LONGEST_FROM_NAME: Final = 120

_ABOUT_THE_ADDRESS = re.compile(
    r"address|domain|local[- ](name|part)|'@'|route-addr", re.IGNORECASE
)
_ABOUT_US = re.compile(r"configuration set|sender|from address|reply|header|tag", re.IGNORECASE)
"""SES has one code for every bad request; only its text says what was wrong."""


class EmailChannel:
    """Hands emails to SES and says what became of each. Safe to share between threads."""

    def __init__(
        self, client: SESV2Client, sender: str, configuration_set: str | None = None
    ) -> None:
        """Take a client built with `limits.client_config()` and the sender's bare address.

        Raises:
            ValueError: the sender is no bare address. SES would say "bad address" for every
                message, which would read as every patient's address being bad.
        """
        if parseaddr(sender) != ("", sender) or not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", sender):
            raise ValueError("the sender must be a bare email address")
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(
        self,
        *,
        to: str,
        from_name: str,
        content: EmailContent,
        alert_id: str,
        practice_code: str,
        reply_to: str | None = None,
    ) -> Delivery:
        """Send one email to one address. Never raises, never tries twice.

        `from_name` is the practice's display name. `alert_id` and `practice_code` come back with
        every delivery report; they must hold letters, digits, `-` and `_` only.
        """
        request: SendEmailRequestTypeDef = {
            "FromEmailAddress": from_header(from_name, self._sender),
            "Destination": {"ToAddresses": [to]},
            "Content": {
                "Simple": {
                    "Subject": _utf8(content.subject),
                    "Body": {"Text": _utf8(content.text), "Html": _utf8(content.html)},
                    "Headers": [{"Name": n, "Value": v} for n, v in content.headers.items()],
                }
            },
            "EmailTags": [
                {"Name": ALERT_TAG, "Value": alert_id},
                {"Name": PRACTICE_TAG, "Value": practice_code},
            ],
        }
        if reply_to:
            request["ReplyToAddresses"] = [reply_to]
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        try:
            answer = self._client.send_email(**request)
        except Exception as error:
            return classify(error, _refusal)
        return delivery_of(answer.get("MessageId"))

    def reconnect(self) -> None:
        """Drop idle connections, as after a pause; see `TextChannel.reconnect`."""
        self._client.close()


def from_header(name: str, address: str) -> str:
    """`"Name" <address>`, in encoded words (RFC 2047) where the name is not plain ASCII."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    clean = clean[:_LONGEST_FROM_NAME].strip()
    if not clean:
        return address
    if clean.isascii():
        return f'"{quote(clean)}" <{address}>'
    return f"{Header(clean, 'utf-8', 75, 'From').encode(linesep='')} <{address}>"


def _utf8(text: str) -> ContentTypeDef:
    return {"Data": text, "Charset": "UTF-8"}


def _refusal(code: str, message: str) -> Delivery | None:
    if code in ("LimitExceededException", "TooManyRequestsException"):
        return _over_a_limit(message)
    if code == "MessageRejected":
        # In the sandbox every recipient is "not verified": that is our account, not the patient.
        unverified = "not verified" in message.lower()
        detail = "not_verified" if unverified else "message_rejected"
        return Delivery(SendOutcome.STOPPED, detail=detail)
    if code == "BadRequestException" and _names_a_bad_address(message):
        return Delivery(SendOutcome.REFUSED, detail="invalid_address")
    return None


def _over_a_limit(message: str) -> Delivery | None:
    """A rate passes within seconds; a daily quota does not before tomorrow."""
    if re.search(r"daily|quota", message, re.IGNORECASE):
        return Delivery(SendOutcome.STOPPED, detail="daily_quota_exceeded")
    return THROTTLED if re.search(r"\brate\b", message, re.IGNORECASE) else None


def _names_a_bad_address(message: str) -> bool:
    return bool(_ABOUT_THE_ADDRESS.search(message)) and not _ABOUT_US.search(message)
