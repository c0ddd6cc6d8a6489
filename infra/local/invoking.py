"""Calling the functions of a local stack directly."""

from __future__ import annotations

import contextlib
import json
import threading
from typing import Any

from infra.local.clients import Clients
from infra.local.waiting import StackError


def invoke(client: Clients, function: str, event: dict[str, Any]) -> Any:
    """Call a function and return its result; raise `StackError` if it failed."""
    answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
    result = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        raise StackError(f"{function} failed: {result}")
    return result


def warm_up(client: Clients, functions: tuple[str, ...]) -> None:
    """Start workers in the background, one for each time a function is named."""

    def try_it(function: str) -> None:
        with contextlib.suppress(Exception):  # the stack may be stopped meanwhile
            invoke(client, function, {"local_warm_up": True})

    for function in functions:
        threading.Thread(target=try_it, args=[function], daemon=True).start()
