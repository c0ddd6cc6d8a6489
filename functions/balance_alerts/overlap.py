"""Calls that need not wait for one another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")

_CALLS = 8


def at_once(first: Callable[[], T], *others: Callable[[], object]) -> T:
    """Make these calls at the same time; what the first one returns.

    All have ended when this returns, or raises what the first of them raised that did. None may do
    the same again: it might wait for a thread that waits for it.
    """
    begun: list[Future[object]] = []
    try:
        begun += (_threads().submit(other) for other in others)
        found = first()
    finally:
        errors = [each.exception() for each in begun]
    for error in errors:
        if error is not None:
            raise error
    return found


@cache
def _threads() -> ThreadPoolExecutor:
    """Kept between calls: to start a thread takes as long as a call's own work."""
    return ThreadPoolExecutor(_CALLS, thread_name_prefix="overlap")
