"""The one kind of error that a rule raises."""

from __future__ import annotations


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
