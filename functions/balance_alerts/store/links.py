"""Links: what a token in an alert leads to. Only the token's digest is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import And

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.personal import Contact
from balance_alerts.store import keys, table
from balance_alerts.store.attributes import ContactAttribute, InstantAttribute
from balance_alerts.store.sessions import SessionRecord
from balance_alerts.store.table import Record

KEPT_AFTER_ITS_END = timedelta(days=180)
"""An old link still asks for a fresh one, and still unsubscribes from the email it came in."""


class LinkRecord(Record, discriminator="link"):
    """A link as stored."""

    practice_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    contact = ContactAttribute()
    created_at = InstantAttribute()
    ends_at = InstantAttribute()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way into the portal for one account, sent to one contact, from one instant to another."""

    digest: str
    practice_id: str
    patient_id: str
    channel: Channel
    contact: Contact
    created_at: datetime
    ends_at: datetime


class IssuedLinkRecord(Record, discriminator="issued_link"):
    """That staff issued a link, beside its account; `contact` is what it goes with."""

    channel = UnicodeAttribute()
    contact = ContactAttribute()
    created_at = InstantAttribute()
    ends_at = InstantAttribute()


class Links:
    """The links of the stack."""

    def keep(self, links: Iterable[Link]) -> None:
        """Store links, 25 a call. They are valid once this returns."""
        table.write_many(_as_stored(link) for link in links)

    def issue(self, link: Link, note: Record) -> None:
        """Store a link that staff hand out, with its note in the audit trail."""
        issued = IssuedLinkRecord(
            *keys.issued_link(link.practice_id, link.patient_id, link.digest),
            channel=link.channel.value,
            contact=link.contact,
            created_at=link.created_at,
            ends_at=link.ends_at,
            expires_at=link.ends_at,
        )
        with table.transaction() as transaction:
            for record in (_as_stored(link), issued, note):
                transaction.save(record)

    def find(self, digest: str, now: datetime) -> Link | None:
        """The link of this digest, whether or not it has ended, as long as it is kept."""
        key = keys.link(digest)
        record: LinkRecord | None = table.read([key]).get(key)
        return None if record is None or record.expired(now) else to_domain(digest, record)


def issued_links_of(practice_id: str, patient_id: str) -> list[IssuedLinkRecord]:
    """The links that staff issued to a patient."""
    pk, _ = keys.account(practice_id, patient_id)
    beginning = IssuedLinkRecord.sk.startswith("ISSUEDLINK#")
    return list(IssuedLinkRecord.query(pk, beginning, consistent_read=True))


def forget_links_of(practice_id: str, patient_id: str) -> int:
    """Take away every link and session of a patient; returns how many there were.

    Nothing leads from a patient to their links, so the whole table is read: for who does it by
    hand, and seldom.
    """
    theirs = And(
        LinkRecord.record.is_in(LinkRecord, SessionRecord),
        And(LinkRecord.practice_id == practice_id, LinkRecord.patient_id == patient_id),
    )
    found: list[Record] = list(Record.scan(theirs, attributes_to_get=["pk", "sk", "record"]))
    for record in (*found, *issued_links_of(practice_id, patient_id)):
        record.delete()
    return len(found)


def _as_stored(link: Link) -> LinkRecord:
    return LinkRecord(
        *keys.link(link.digest),
        practice_id=link.practice_id,
        patient_id=link.patient_id,
        channel=link.channel.value,
        contact=link.contact,
        created_at=link.created_at,
        ends_at=link.ends_at,
        expires_at=link.ends_at + KEPT_AFTER_ITS_END,
    )


def to_domain(digest: str, record: LinkRecord) -> Link:
    """As read."""
    return Link(
        digest=digest,
        practice_id=record.practice_id,
        patient_id=record.patient_id,
        channel=Channel(record.channel),
        contact=Contact(record.contact),
        created_at=record.created_at,
        ends_at=record.ends_at,
    )
