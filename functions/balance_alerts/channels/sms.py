"""Texts, through Amazon SNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from balance_alerts.domain.delivery import Delivery

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient


class TextChannel:
    """Hands texts to SNS and says what became of each."""

    def __init__(self, client: SNSClient, origination_number: str | None = None) -> None:
        """Take a client built with `limits.client_config()`, so that nothing is sent twice."""
        self._client = client
        self._origination_number = origination_number

    def send(self, number: str, body: str) -> Delivery:
        """Send one text to an E.164 number. Never raises, never tries twice."""
        raise NotImplementedError
