"""The numbers that opted out of an AWS account's texts, as Amazon SNS keeps them.

SNS takes a text to one of them, says that all is well, and does not send it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.personal import Contact
from balance_alerts.telemetry import failure

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sns.type_defs import ListPhoneNumbersOptedOutResponseTypeDef

logger = logging.getLogger(__name__)

_NOT_ALLOWED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"}
)
"""What an answer is called that says nothing of the number: a right is missing."""


class OptOutPage(NamedTuple):
    """A hundred numbers at most, and where the list goes on; None behind its last page."""

    numbers: list[Contact]
    goes_on_at: str | None


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
            if _is_about_something_else(error):
                raise
            logger.warning("a number could not be opted in", extra=failure(error))
            raise RuleError(
                "opt_in_refused",
                "Texts cannot be turned on here yet; reply START to the last one that you got.",
            ) from error
        return True

    def pages(self, begin_at: str | None = None) -> Iterator[OptOutPage]:
        """The numbers on the list from a place on, each page read when it is asked for.

        A place that AWS knows no more is the beginning.
        """
        goes_on_at = begin_at
        while True:
            page = self._page(goes_on_at)
            goes_on_at = page.get("nextToken") or None
            yield OptOutPage([Contact(each) for each in page.get("phoneNumbers", [])], goes_on_at)
            if goes_on_at is None:
                return

    def _page(self, place: str | None) -> ListPhoneNumbersOptedOutResponseTypeDef:
        if place is None:
            return self._client.list_phone_numbers_opted_out()
        try:
            return self._client.list_phone_numbers_opted_out(nextToken=place)
        except ClientError as error:
            if _is_about_something_else(error):
                raise
            logger.warning("the list of opt-outs is read anew", extra=failure(error))
            return self._client.list_phone_numbers_opted_out()


def _is_about_something_else(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    code = str(error.response["Error"].get("Code"))
    return status >= 500 or code in _NOT_ALLOWED or "throttl" in code.lower()
