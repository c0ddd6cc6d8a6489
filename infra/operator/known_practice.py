"""The practice that a command names."""

from __future__ import annotations

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import Practice
from infra.operator.stack import CommandError, Stack


def get_practice(stack: Stack, practice_id: str) -> Practice:
    """A practice that a command names."""
    try:
        return stack.wiring.practices.get(practice_id)
    except RuleError as error:
        if error.code != "unknown_practice":
            raise
        raise CommandError(
            f"there is no practice {practice_id}; add it with balance-alerts create-practice"
        ) from error
