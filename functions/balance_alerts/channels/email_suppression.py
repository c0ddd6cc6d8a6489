"""The addresses that an AWS account emails no more, as Amazon SES keeps them.

SES puts an address there that bounced or complained. It takes an email to one of them, does not
send it, and reports a bounce.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class EmailSuppression:
    """The list of one AWS account in one region."""

    def __init__(self, client: SESV2Client) -> None:
        self._client = client

    def take_off(self, address: str) -> None:
        """Let emails go to an address again that is right after all, or whose owner wants them."""
        try:
            self._client.delete_suppressed_destination(EmailAddress=address)
        except self._client.exceptions.NotFoundException:
            return
