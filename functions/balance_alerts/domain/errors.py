"""The one kind of error that a rule raises."""

from __future__ import annotations

from datetime import datetime


class RuleError(Exception):
    """Something asked for is against the rules.

    Attributes:
        code: stable, lower snake case; what programs look at.
        message: one sentence for people that says what to do. Holds no personal data.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class TryLaterError(RuleError):
    """Refused for a while; `retry_at` is the instant from which it may be asked for again."""

    def __init__(self, code: str, message: str, retry_at: datetime) -> None:
        super().__init__(code, message)
        self.retry_at = retry_at
