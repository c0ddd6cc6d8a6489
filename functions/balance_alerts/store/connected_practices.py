"""Which practices have a merchant account: found without reading them all."""

from __future__ import annotations

from collections.abc import Iterator

from pynamodb.attributes import UnicodeAttribute

from balance_alerts.store import keys
from balance_alerts.store.table import Record


class ConnectedPracticeRecord(Record, discriminator="connected_practice"):
    """Stands in the list as long as its practice has a merchant account: written with that."""

    practice_id = UnicodeAttribute()


def connected_practice(practice_id: str) -> ConnectedPracticeRecord:
    """A practice's place in the list."""
    return ConnectedPracticeRecord(*keys.connected_practice(practice_id), practice_id=practice_id)


class ConnectedPractices:
    """The list of them."""

    def all(self) -> Iterator[str]:
        """The ids of the practices, in order."""
        pk, _ = keys.connected_practice("")
        for record in ConnectedPracticeRecord.query(pk, consistent_read=True):
            yield record.practice_id
