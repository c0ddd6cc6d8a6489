"""Writes that hold only where no other writer came between, and what is done where one did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from random import SystemRandom
from typing import TYPE_CHECKING, TypeVar

from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError

from balance_alerts.store import table
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action

T = TypeVar("T")

CONTENTION_TRIES = 24
_BY_CHANCE = SystemRandom()
"""As in `table`: copies of a function that start from one snapshot must not draw alike."""
_CONTENTION_CODES = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_CONTENTION_ERRORS = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})


class LostRace(Exception):
    """What was decided from is no longer so: another writer came between."""


class Contention(Exception):
    """Others kept writing the same items; nothing of ours was written. Safe to try again."""


def retrying(write: Callable[[], T]) -> T:
    """Run `write`, which reads afresh each time, until no other writer comes between.

    Raises:
        Contention: after `CONTENTION_TRIES` tries.
    """
    for attempt in range(CONTENTION_TRIES):
        try:
            return write()
        except (LostRace, TransactWriteError, UpdateError, PutError) as error:
            if not isinstance(error, LostRace) and not lost_a_race(error):
                raise
            time.sleep(_BY_CHANCE.uniform(0, 1) * 0.01 * min(2**attempt, 64))
    raise Contention


def updated_together(
    record: Record,
    changes: list[Action],
    *,
    with_it: Iterable[Record] = (),
    without: Iterable[Record] = (),
) -> bool:
    """Update a record that is still as read, save and delete others with it, all or nothing.

    Returns whether it was; if not, another writer came first and nothing was written.
    """
    try:
        with table.transaction() as together:
            together.update(record, changes)
            for each in with_it:
                together.save(each)
            for each in without:
                together.delete(each)
    except TransactWriteError as error:
        if not lost_a_race(error):
            raise
        return False
    return True


def lost_a_race(error: TransactWriteError | PutError | UpdateError | DeleteError) -> bool:
    """Whether a write failed only because another one came first."""
    if isinstance(error, TransactWriteError):
        codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
        return bool(codes) and codes <= _CONTENTION_CODES
    # PynamoDB's own `cause_response_code` breaks where there was no answer, as on a timeout.
    answer = getattr(error.cause, "response", None) or {}
    return answer.get("Error", {}).get("Code") in _CONTENTION_ERRORS
