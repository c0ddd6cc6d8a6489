"""Functions that a queue calls, called without it: what they answer is seen at once."""

from __future__ import annotations

from typing import Any

from infra.local.deploy import STACK_NAME
from infra.local.stack import LocalStack

TAKEN: dict[str, Any] = {"batchItemFailures": []}
"""What a function answers that need not be called for this message again."""


def invoke_with(stack: LocalStack, function: str, body: str) -> Any:
    """Hand one message to a function by its name in the template; its answer."""
    record = {
        "messageId": "m-1",
        "eventSource": "aws:sqs",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
    }
    return stack.invoke(f"{STACK_NAME}-{function}", {"Records": [record]})
