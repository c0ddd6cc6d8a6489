"""Which practices have a merchant account: found without reading them all."""

from __future__ import annotations

from collections.abc import Iterator

from pynamodb.attributes import UnicodeAttribute

from balance_alerts.store import keys
from balance_alerts.store.table import Record


class ConnectedPracticeRecord(Record, discriminator="connected_practice"):
    """Stands in the list as long as its practice may have a merchant account."""

    practice_id = UnicodeAttribute()


class ConnectedPractices:
    """The list of them. It is added to before a connection is made, and shortened after one ends.

    So it may name a practice too many, never one too few.
    """

    def add(self, practice_id: str) -> None:
        """Put a practice on the list, if it is not there."""
        key = keys.connected_practice(practice_id)
        ConnectedPracticeRecord(*key, practice_id=practice_id).save()

    def remove(self, practice_id: str) -> None:
        """Take a practice off the list."""
        ConnectedPracticeRecord(*keys.connected_practice(practice_id)).delete()

    def all(self) -> Iterator[str]:
        """The ids of the practices, in order."""
        pk, _ = keys.connected_practice("")
        for record in ConnectedPracticeRecord.query(pk, consistent_read=True):
            yield record.practice_id
