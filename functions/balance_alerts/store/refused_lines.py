"""The lines of imports that were not taken in, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from balance_alerts.store import keys, table
from balance_alerts.store.table import Record

KEPT = timedelta(days=90)
"""How long imports and their refused lines are kept."""


class RefusedLineRecord(Record, discriminator="refused_line"):
    """A line that was not taken in, and why. Holds no personal values."""

    line = NumberAttribute()
    code = UnicodeAttribute()
    message = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not taken in, and why."""

    line: int
    code: str
    message: str


def refuse(practice_id: str, import_id: str, lines: Iterable[RefusedLine], now: datetime) -> None:
    """Keep refused lines. The same line again replaces itself."""
    table.write_many(
        RefusedLineRecord(
            *keys.refused_line(practice_id, import_id, refused_line.line),
            line=refused_line.line,
            code=refused_line.code,
            message=refused_line.message,
            expires_at=now + KEPT,
        )
        for refused_line in lines
    )


def accept(practice_id: str, import_id: str, lines: Collection[int]) -> None:
    """Forget that lines were refused which, read again after a kill, were taken in."""
    if not lines:
        return
    pk, first = keys.refused_line(practice_id, import_id, min(lines))
    _, last = keys.refused_line(practice_id, import_id, max(lines))
    between = RefusedLineRecord.sk.between(first, last)
    for record in RefusedLineRecord.query(pk, between, consistent_read=True):
        if int(record.line) in lines:
            record.delete()


def refused(practice_id: str, import_id: str) -> Iterator[RefusedLine]:
    """The lines refused so far, in the order of the file."""
    pk, _ = keys.refused_line(practice_id, import_id, 0)
    for record in RefusedLineRecord.query(pk, consistent_read=True):
        yield RefusedLine(int(record.line), record.code, record.message)
