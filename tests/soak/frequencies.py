"""Which frequency of alerts may have held at a practice, and when, as staff changed it."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

READ_BEFORE = timedelta(seconds=60)
"""How long a worker may still go by what it read: the clock is stepped only when all is done."""


@dataclass
class _Span:
    value: str
    since: datetime | None
    until: datetime | None = None


class Frequencies:
    """Of every practice. A change that was not answered may hold or not: so may what was before."""

    def __init__(self, first: str) -> None:
        self._spans: dict[str, list[_Span]] = defaultdict(lambda: [_Span(first, None)])
        self._lock = threading.Lock()

    def answered(self, practice_id: str, value: str, began: datetime, ended: datetime) -> None:
        """It was changed between these two instants; nothing else holds any more."""
        with self._lock:
            for span in self._spans[practice_id]:
                span.until = span.until or ended + READ_BEFORE
            self._spans[practice_id].append(_Span(value, began))

    def unanswered(self, practice_id: str, value: str, began: datetime) -> None:
        """It may have been changed from then on."""
        with self._lock:
            self._spans[practice_id].append(_Span(value, began))

    def between(self, practice_id: str, begin: datetime, end: datetime) -> set[str]:
        """All that may have held at some instant from one to the other."""
        with self._lock:
            return {
                span.value
                for span in self._spans[practice_id]
                if (span.since is None or span.since <= end)
                and (span.until is None or span.until >= begin)
            }
