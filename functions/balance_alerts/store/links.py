"""Links: what a token in an alert leads to. Only the token's digest is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute

from balance_alerts.domain.contact import Channel
from balance_alerts.store import keys, table
from balance_alerts.store.table import InstantAttribute, Record

KEPT_AFTER_ITS_END = timedelta(days=180)
"""An old link still asks for a fresh one, and still unsubscribes from the email it came in."""


class LinkRecord(Record, discriminator="link"):
    """A link as stored."""

    practice_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    contact = UnicodeAttribute()
    created_at = InstantAttribute()
    ends_at = InstantAttribute()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way into the portal for one account, sent to one contact, from one instant to another."""

    digest: str
    practice_id: str
    patient_id: str
    channel: Channel
    contact: str
    created_at: datetime
    ends_at: datetime


class Links:
    """The links of the stack."""

    def keep(self, links: Iterable[Link]) -> None:
        """Store links, 25 a call. They are valid once this returns."""
        table.write_many(
            LinkRecord(
                *keys.link(link.digest),
                practice_id=link.practice_id,
                patient_id=link.patient_id,
                channel=link.channel.value,
                contact=link.contact,
                created_at=link.created_at,
                ends_at=link.ends_at,
                expires_at=link.ends_at + KEPT_AFTER_ITS_END,
            )
            for link in links
        )

    def find(self, digest: str) -> Link | None:
        """The link of this digest, whether or not it has ended."""
        key = keys.link(digest)
        record: LinkRecord | None = table.read([key]).get(key)
        return None if record is None else to_domain(digest, record)


def to_domain(digest: str, record: LinkRecord) -> Link:
    """As read."""
    return Link(
        digest=digest,
        practice_id=record.practice_id,
        patient_id=record.patient_id,
        channel=Channel(record.channel),
        contact=record.contact,
        created_at=record.created_at,
        ends_at=record.ends_at,
    )
