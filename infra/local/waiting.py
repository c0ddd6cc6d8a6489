"""Waiting for what the functions do on their own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

LONGEST_SECONDS = 120.0
_POLL_SECONDS = 0.005
_DEPTHS: list[QueueAttributeNameType] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


class StackError(RuntimeError):
    """Something the local stack was asked to do failed; the message says what to look at."""


def wait_until(done: Callable[[], bool], what: str, *, within_seconds: float) -> None:
    """Return once `done()` is true; raise `StackError` naming `what` if that takes too long."""
    deadline = time.monotonic() + within_seconds
    while not done():
        if time.monotonic() > deadline:
            raise StackError(f"{what} did not finish within {within_seconds:.0f} s")
        time.sleep(_POLL_SECONDS)


def is_drained(sqs: SQSClient, queue_url: str) -> bool:
    """Tell whether a queue holds nothing: waiting, being worked on or delayed."""
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=_DEPTHS)
    return not any(int(found["Attributes"][name]) for name in _DEPTHS)
