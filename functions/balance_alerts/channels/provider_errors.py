"""What a failed provider call certainly did, or did not do.

The question is never "may I retry?" but "can the patient have got it?". Only what certainly had
no effect may be tried again; whatever cannot be known is `UNKNOWN` and is not repeated.
"""

from __future__ import annotations

import logging
import re
import ssl
from typing import TYPE_CHECKING

from botocore import exceptions as sdk

from balance_alerts.domain.delivery import Delivery, SendOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Refusal = Callable[[str, str], Delivery | None]
    """From a provider's error code and message to its meaning, None where it is not special."""

logger = logging.getLogger(__name__)

THROTTLED = Delivery(SendOutcome.NOT_SENT, detail="throttled")

_THROTTLING_CODES = frozenset(
    {
        "KMSThrottling",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

_NEVER_CONNECTED = (
    sdk.ConnectTimeoutError,
    sdk.EndpointConnectionError,
    sdk.ProxyConnectionError,
)

_NEVER_LEFT_THIS_MACHINE = (
    sdk.CredentialRetrievalError,
    sdk.NoAuthTokenError,
    sdk.NoCredentialsError,
    sdk.NoRegionError,
    sdk.ParamValidationError,
    sdk.PartialCredentialsError,
)


def delivery_of(message_id: object) -> Delivery:
    """The outcome of a call that came back as a success: only a message id proves it was one."""
    if isinstance(message_id, str) and message_id:
        return Delivery(SendOutcome.ACCEPTED, message_id=message_id)
    return Delivery(SendOutcome.UNKNOWN, detail="no_message_id")


def classify(error: Exception, refusal: Refusal) -> Delivery:
    """The outcome of a call that raised; `refusal` knows the provider's own error codes."""
    if isinstance(error, sdk.ClientError):
        return _answered(error, refusal)
    if isinstance(error, _NEVER_CONNECTED):
        return Delivery(SendOutcome.NOT_SENT, detail="not_connected")
    if isinstance(error, sdk.SSLError) and _certificate_refused(error):
        return Delivery(SendOutcome.STOPPED, detail="certificate_refused")
    if isinstance(error, _NEVER_LEFT_THIS_MACHINE):
        return Delivery(SendOutcome.STOPPED, detail=detail_code(type(error).__name__))
    if not isinstance(error, sdk.BotoCoreError):
        # A defect, ours or the SDK's. Its text may hold a contact, so only its kind is logged.
        logger.error("provider call failed with an unexpected %s", type(error).__name__)
    return Delivery(SendOutcome.UNKNOWN, detail=detail_code(type(error).__name__))


def detail_code(code: str) -> str:
    """A provider's error code in lower snake case, without noise around it."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|\W+", "_", code)
    return words.lower().removesuffix("_exception").removesuffix("_error").strip("_")[:64]


def _answered(error: sdk.ClientError, refusal: Refusal) -> Delivery:
    """Read an error answer: below 500 the provider did nothing, from 500 on nobody can say."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = str(error.response.get("Error", {}).get("Code", ""))
    message = str(error.response.get("Error", {}).get("Message", ""))
    if not 400 <= status < 500 or status == 408:
        return Delivery(SendOutcome.UNKNOWN, detail=f"http_{status}")
    special = refusal(code, message)
    if special is not None:
        return special
    if status == 429 or code in _THROTTLING_CODES:
        return THROTTLED
    # Not the contact's fault as far as anyone can tell: stopping the channel costs a delay,
    # marking a good contact as bad would silence a patient's alerts for good.
    detail = f"http_{status}" if code == str(status) else detail_code(code)
    return Delivery(SendOutcome.STOPPED, detail=detail)


def _certificate_refused(error: sdk.SSLError) -> bool:
    """Whether the handshake failed on the certificate, which is before anything is sent."""
    causes = _causes(error.kwargs.get("error"))
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)


def _causes(error: object) -> Iterator[object]:
    while isinstance(error, BaseException):
        yield error
        error = error.__cause__ or error.__context__ or (error.args[0] if error.args else None)
