"""What no rule foresaw: the lines of one account are refused, those of the others go in."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from balance_alerts.domain.practice import Practice
from balance_alerts.imports.problems import Refusal
from balance_alerts.store.failures import concerns_all
from balance_alerts.telemetry import failure

logger = logging.getLogger(__name__)

NOT_TAKEN_IN = "not_taken_in"


def refuse_broken(
    error: Exception, practice: Practice, patient_id: str, lines: Iterable[int]
) -> list[Refusal]:
    """Refuse lines of an account on which something broke.

    Raises:
        Exception: `error` itself, where it would break on every account.
    """
    raise_if_general(error)
    ids = {"practice_id": practice.practice_id, "patient_id": patient_id}
    logger.error("failed to take lines in", extra=ids | failure(error))
    return [
        Refusal(
            line,
            NOT_TAKEN_IN,
            "Something broke with this line, or with another of its patient; import the file "
            "again, and if that does not help ask whoever runs the system.",
        )
        for line in lines
    ]


def raise_if_general(error: Exception) -> None:
    """Pass on what would break on every account: the import is tried again as a whole."""
    if concerns_all(error):
        raise error
