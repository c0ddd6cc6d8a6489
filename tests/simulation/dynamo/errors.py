"""What DynamoDB refuses, as it says so."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An error answer: its code, its words, and what else the answer holds."""

    def __init__(self, code: str, message: str = "", **more: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.more = more


def invalid(message: str) -> Refused:
    """A request that makes no sense."""
    return Refused("ValidationException", message)
