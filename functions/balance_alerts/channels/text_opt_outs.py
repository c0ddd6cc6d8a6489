"""The numbers that opted out of an AWS account's texts, as Amazon SNS keeps them.

SNS takes a text to one of them, says that all is well, and does not send it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.personal import Contact
from balance_alerts.telemetry import failure

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

logger = logging.getLogger(__name__)

_NOT_ALLOWED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"}
)
"""What an answer is called that says nothing of the number: a right is missing."""


class TextOptOuts:
    """The list of one AWS account in one region."""

    def __init__(self, client: SNSClient) -> None:
        self._client = client

    def lists(self, number: str) -> bool:
        """Whether texts to this number are taken and not sent."""
        return self._client.check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"]

    def take_off(self, number: str) -> bool:
        """Let texts go to a number again whose owner wants them; says whether it was listed.

        Raises:
            RuleError: `opt_in_refused`. AWS takes a number off once in 30 days; its owner can
                still text START.
            ClientError: AWS could not, or may not be asked; the number is as it was.
        """
        if not self.lists(number):
            return False
        try:
            self._client.opt_in_phone_number(phoneNumber=number)
        except ClientError as error:
            if _says_nothing_of_the_number(error):
                raise
            logger.warning("a number could not be opted in", extra=failure(error))
            raise RuleError(
                "opt_in_refused",
                "Texts cannot be turned on here yet; reply START to the last one that you got.",
            ) from error
        return True

    def pages(self) -> Iterator[list[Contact]]:
        """Every number on the list, a hundred at a time, each page read when it is asked for."""
        token = ""  # where the list goes on, no secret # nosec B105
        while True:
            given = {"nextToken": token} if token else {}
            page = self._client.list_phone_numbers_opted_out(**given)
            yield [Contact(number) for number in page.get("phoneNumbers", [])]
            token = page.get("nextToken", "")
            if not token:
                return


def _says_nothing_of_the_number(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = str(error.response["Error"].get("Code"))
    return status >= 500 or code in _NOT_ALLOWED or "throttl" in code.lower()
