"""What went wrong, in one line that says what to do."""

from __future__ import annotations

from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)
from pynamodb.exceptions import PynamoDBException

from balance_alerts.domain.errors import RuleError
from balance_alerts.store.races import Contention
from balance_alerts.store.table import Throttled
from infra.operator.stack import CommandError

FORESEEN = (
    CommandError,
    RuleError,
    Boto3Error,
    BotoCoreError,
    ClientError,
    PynamoDBException,
    Contention,
    Throttled,
    OSError,
)
"""What a command may end with that is no defect of ours."""

TOO_BUSY = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_SIGNED_OUT = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
NOT_ALLOWED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
)
_AGAIN = "nothing is lost; try again in a minute"


def in_one_line(error: BaseException) -> str:
    """What went wrong, with what to do where that is known."""
    if isinstance(error, CommandError):
        return str(error)
    if isinstance(error, RuleError):
        return error.message
    if isinstance(error, Contention):
        return f"others are writing the same items all the time; {_AGAIN}"
    if isinstance(error, Throttled):
        return f"AWS is busy and would not hand out everything; {_AGAIN}"
    cause = _cause(error)
    return _of_aws(cause) or " ".join(str(cause).split())


def _cause(error: BaseException) -> BaseException:
    """What AWS said; PynamoDB wraps it in words of its own."""
    inner = getattr(error, "cause", None)
    return inner if isinstance(inner, BotoCoreError | ClientError) else error


def _of_aws(error: BaseException) -> str | None:
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return f"no AWS credentials; sign in first, or name a local stack with --local ({error})"
    if isinstance(error, NoRegionError):
        return "no AWS region; set AWS_DEFAULT_REGION, or name a local stack with --local"
    if isinstance(error, ConnectionError | HTTPClientError):
        said = " ".join(str(error).split())
        return f"AWS could not be reached; check the network and the region ({said})"
    if isinstance(error, ClientError):
        return _of_answer(error)
    return None


def _of_answer(error: ClientError) -> str:
    found = error.response["Error"]
    code = found.get("Code", "unknown")
    why = " ".join(str(found.get("Message")).split())
    said = f"AWS refused {error.operation_name}: {code}: {why}"
    if code in TOO_BUSY:
        return f"AWS is busy ({code} at {error.operation_name}); {_AGAIN}"
    if code in _SIGNED_OUT:
        return f"the AWS credentials are no good or no longer so; sign in again ({code})"
    if code in NOT_ALLOWED:
        return f"{said}; ask for the rights of this stack's operators"
    if code == "ResourceNotFoundException":
        return f"{said}; the stack was deleted in part, or this is another account"
    return said
