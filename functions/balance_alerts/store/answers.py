"""DynamoDB's answers, taken as they come over the wire.

What the functions read are texts, numbers written out, booleans, lists and maps: JSON says them
the way botocore would. Its own walk through every attribute, for the bytes and dates that might be
among them, takes five times as long as to read the JSON, and was most of a scan.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session


def take_as_they_come(session: Session) -> None:
    """Spare all answers of DynamoDB botocore's walk, for clients that the session makes."""
    session.register("before-parse.dynamodb", _take)


def _take(**emitted: Any) -> None:
    response: dict[str, Any] = emitted["response_dict"]
    if response["status_code"] >= 300:
        return
    try:
        answer = json.loads(response["body"])
    except ValueError:
        return  # damaged on its way: left to botocore, which asks again by the checksum
    emitted["customized_response_dict"].update(answer)
    response["body"] = b"{}"
