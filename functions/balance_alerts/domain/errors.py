"""The one kind of error that a rule raises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class RuleError(Exception):
    """Something asked for is against the rules.

    Attributes:
        code: stable, lower snake case; what programs look at.
        message: one sentence for people that says what to do. Holds no personal data.
    """

    members: Mapping[str, str] = {}
    """What a problem of this kind tells beside code and message, by name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NotDueError(RuleError):
    """An alert may not go out now; `reason` is the first rule against it."""

    def __init__(self, reason: str) -> None:
        super().__init__("not_due", f"No alert may go out to this patient now: {reason}.")
        self.reason = str(reason)
        self.members = {"reason": self.reason}


class TryLaterError(RuleError):
    """Refused for a while; `retry_at` is the instant from which it may be asked for again."""

    def __init__(self, code: str, message: str, retry_at: datetime) -> None:
        super().__init__(code, message)
        self.retry_at = retry_at
