"""The functions' handlers in this process, called as Lambda calls them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from balance_alerts.wiring import clock as wired_clock

_LEFT_MS = 800_000
_NOWHERE = open(os.devnull, "w")  # noqa: SIM115  # as long as the process lives


@dataclass(frozen=True)
class Context:
    """What Lambda tells a handler; it never runs out of time."""

    function_name: str = "bench"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:bench"
    aws_request_id: str = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """Until it would be stopped."""
        return _LEFT_MS


class Worker:
    """One function's handler, loaded with an environment of its own."""

    def __init__(self, module: str, environment: Mapping[str, str], now: datetime) -> None:
        os.environ.update(environment)
        wired_clock.system_clock = lambda: now
        with redirect_stdout(_NOWHERE):  # loggers keep what they find
            self.module = import_module(module)

    def __call__(self, event: Any) -> Any:
        """Handle an event; what it logs is written, but goes nowhere."""
        with redirect_stdout(_NOWHERE):
            return self.module.handler(event, Context())


def queued(*bodies: str) -> dict[str, Any]:
    """An event of SQS with these messages."""
    return {
        "Records": [
            {
                "messageId": str(number),
                "receiptHandle": str(number),
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def asked(route: str, path: str, *, session: str | None = None, body: str | None = None) -> Any:
    """A request as API Gateway hands it to a function; the route is the template's."""
    method, _, _ = route.partition(" ")
    headers = {"content-type": "application/json"}
    if session is not None:
        headers["authorization"] = f"Bearer {session}"
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "requestId": "bench",
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": False,
    }
