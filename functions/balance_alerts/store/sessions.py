"""Sessions of patients: who may see an account, for half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from balance_alerts.domain.contact import Channel
from balance_alerts.domain.personal import Contact
from balance_alerts.store import keys
from balance_alerts.store.attributes import ContactAttribute, InstantAttribute
from balance_alerts.store.table import Record


class SessionRecord(Record, discriminator="session"):
    """A session as stored; of its secret only the digest is kept, in the key.

    It remembers what its link said, so that what revokes the link ends the session too.
    """

    practice_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    contact = ContactAttribute()
    link_created_at = InstantAttribute()
    created_at = InstantAttribute()
    ends_at = InstantAttribute()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A patient's way into one account, from one instant to another."""

    digest: str
    practice_id: str
    patient_id: str
    channel: Channel
    contact: Contact
    link_created_at: datetime
    created_at: datetime
    ends_at: datetime


class SessionStore:
    """The sessions of the stack."""

    def keep(self, session: Session) -> None:
        """Store a session."""
        SessionRecord(
            *keys.session(session.digest),
            practice_id=session.practice_id,
            patient_id=session.patient_id,
            channel=session.channel.value,
            contact=session.contact,
            link_created_at=session.link_created_at,
            created_at=session.created_at,
            ends_at=session.ends_at,
            expires_at=session.ends_at,
        ).save()


def to_domain(digest: str, record: SessionRecord) -> Session:
    """As read."""
    return Session(
        digest=digest,
        practice_id=record.practice_id,
        patient_id=record.patient_id,
        channel=Channel(record.channel),
        contact=Contact(record.contact),
        link_created_at=record.link_created_at,
        created_at=record.created_at,
        ends_at=record.ends_at,
    )
