"""Email, through Amazon SES."""

from __future__ import annotations

from typing import TYPE_CHECKING

from balance_alerts.domain.delivery import Delivery

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

    from balance_alerts.channels.wording import EmailContent


class EmailChannel:
    """Hands emails to SES and says what became of each."""

    def __init__(
        self, client: SESV2Client, sender: str, configuration_set: str | None = None
    ) -> None:
        """Take a client built with `limits.client_config()` and the sender's bare address."""
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
        reply_to: str | None = None,
    ) -> Delivery:
        """Send one email to one address. Never raises, never tries twice."""
        raise NotImplementedError
