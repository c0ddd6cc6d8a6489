"""Consents given and withdrawn, each with who, when, how and for which contact."""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from balance_alerts.domain.audit import Who
from balance_alerts.domain.contact import WITHDRAWN, Channel, ContactFact, Told
from balance_alerts.store import keys
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attributes import ContactAttribute, InstantAttribute, NameAttribute
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.table import Record

_BY_ITS_OWNER = "contact"
"""Who takes consent back by STOP, and gives it again by START: whoever has the phone."""

BY_THE_PATIENT = "patient"
"""Who gives it and takes it back by a switch in the portal."""

_BY_THEMSELVES = frozenset({_BY_ITS_OWNER, BY_THE_PATIENT})


class ConsentRecord(Record, discriminator="consent"):
    """One consent, or its withdrawal; written down by whom. Append-only."""

    channel = UnicodeAttribute()
    contact = ContactAttribute(null=True)
    source = UnicodeAttribute()
    given_at = InstantAttribute()
    recorded_by = UnicodeAttribute()
    recorded_by_name = NameAttribute(null=True)
    withdrawn = BooleanAttribute(null=True)

    @property
    def withdrawn_by_themselves(self) -> bool:
        """Whether it is a withdrawal, and not one that staff wrote down."""
        return bool(self.withdrawn) and self.recorded_by in _BY_THEMSELVES


def staff_consent(
    account: keys.Key,
    channel: Channel,
    contact: str | None,
    *,
    source: str,
    at: datetime,
    by: Who,
    withdrawn: bool = False,
) -> ConsentRecord:
    """What staff recorded of an account's consent, given or taken back."""
    return ConsentRecord(
        *keys.consent_in(account, channel, at),
        channel=channel.value,
        contact=contact,
        source=source,
        given_at=at,
        recorded_by=f"staff {by.id}",
        recorded_by_name=by.name,
        withdrawn=withdrawn or None,
    )


def consents_by_contact(
    account: AccountRecord, channel: Channel, contact: ContactRecord
) -> list[Record]:
    """What the owner of the contact took back by it, or gave again, since the account saw it.

    Args:
        account: as it is, with its copy of the state that the contact had before.
        channel: for which the contact is on file.
        contact: as it is now.
    """
    withdrawn = contact.state in WITHDRAWN
    opted_in = contact.known().get(ContactFact.OPTED_IN)
    told = Told(contact.changed_at, contact.source) if withdrawn else opted_in
    if told is None or not (withdrawn or account.contact_state(channel) in WITHDRAWN):
        return []
    return [
        ConsentRecord(
            *keys.consent_in((account.pk, account.sk), channel, told.at),
            channel=channel.value,
            contact=account.contact(channel),
            source=told.source,
            given_at=told.at,
            recorded_by=_BY_ITS_OWNER,
            withdrawn=withdrawn or None,
        )
    ]


def consents_of(practice_id: str, patient_id: str) -> list[ConsentRecord]:
    """All that was recorded, by channel and time."""
    pk, _ = keys.account(practice_id, patient_id)
    beginning = ConsentRecord.sk.startswith("CONSENT#")
    return list(ConsentRecord.query(pk, beginning, consistent_read=True))


def latest_consents(practice_id: str, patient_id: str) -> dict[Channel, ConsentRecord]:
    """What was last recorded for each channel, consent or withdrawal."""
    return {Channel(record.channel): record for record in consents_of(practice_id, patient_id)}
