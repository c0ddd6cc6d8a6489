"""Telling what broke for one account from what would break for every one."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from pynamodb.exceptions import PynamoDBException

from balance_alerts.store.table import Throttled

_OF_SOME_ITEMS = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "IdempotentParameterMismatchException",
        "ItemCollectionSizeLimitExceeded",
        "ItemCollectionSizeLimitExceededException",
        "None",
        "TransactionCanceledException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ValidationError",
        "ValidationException",
    }
)
"""Error codes, and reasons of a cancelled transaction, that are about the items written."""


def concerns_all(error: Exception) -> bool:
    """Whether it is of no use to go on with other items: no connection, no rights, throttled."""
    cause = error.cause if isinstance(error, PynamoDBException) else error
    if isinstance(cause, ClientError):
        reasons = cause.response.get("CancellationReasons", [])
        codes = {cause.response["Error"]["Code"], *(str(reason.get("Code")) for reason in reasons)}
        return not codes <= _OF_SOME_ITEMS
    unsent = isinstance(cause, BotoCoreError) and not isinstance(cause, ParamValidationError)
    return unsent or isinstance(error, Throttled)
