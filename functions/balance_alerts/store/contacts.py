"""Contacts: whether a number or an address can be reached, and which accounts use it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute, VersionAttribute

from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.store import keys, table
from balance_alerts.store.table import InstantAttribute, Record


class ContactRecord(Record, discriminator="contact"):
    """A mobile number of the stack, or an email address of one practice.

    `used_by` names the accounts it is on file for, as `practice_id/patient_id`.
    """

    state = UnicodeAttribute()
    source = UnicodeAttribute(null=True)
    changed_at = InstantAttribute(null=True)
    used_by = UnicodeSetAttribute(null=True)
    version = VersionAttribute()

    def users_in(self, practice_id: str) -> list[str]:
        """The patients of one practice who gave this contact."""
        return [patient for practice, patient in self.users() if practice == practice_id]

    def users(self) -> list[tuple[str, str]]:
        """Practice and patient of every account that uses this contact."""
        pairs = (user.split("/", 1) for user in sorted(self.used_by or ()))
        return [(practice, patient) for practice, patient in pairs]


def user(practice_id: str, patient_id: str) -> str:
    """How an account is named in `used_by`; ids hold no slash."""
    return f"{practice_id}/{patient_id}"


def key_of(channel: Channel, *, practice_id: str, contact: str) -> keys.Key:
    """Where the contact lies."""
    if channel is Channel.TEXT:
        return keys.mobile(contact)
    return keys.email(practice_id, contact)


def take_news(
    key: keys.Key,
    news: ContactState,
    *,
    source: str,
    now: datetime,
    with_it: Iterable[Record] = (),
) -> list[tuple[str, str]]:
    """Change what is known of a contact; returns the accounts that must follow.

    The contact is written first: an account saved meanwhile checks it in its own transaction.
    Called by `Accounts.set_contact_state`, which makes them follow.
    """

    def write() -> list[tuple[str, str]]:
        record: ContactRecord | None = table.read([key]).get(key)
        if record is None:
            ContactRecord(*key, state=news.value, source=source, changed_at=now).save()
            return []
        state = ContactState(record.state).after(news)
        return _move(record, state, source=source, now=now, with_it=with_it)

    return table.retrying(write)


def take_opt_in(key: keys.Key, *, source: str, now: datetime) -> list[tuple[str, str]]:
    """Take back a withdrawal, as only the contact's owner may; returns who must follow.

    Called by `Accounts.reopen_contact`, which makes them follow.
    """

    def write() -> list[tuple[str, str]]:
        record: ContactRecord | None = table.read([key]).get(key)
        if record is None:
            return []
        state = ContactState(record.state).after_owner_opted_in()
        return _move(record, state, source=source, now=now)

    return table.retrying(write)


def _move(
    record: ContactRecord,
    state: ContactState,
    *,
    source: str,
    now: datetime,
    with_it: Iterable[Record] = (),
) -> list[tuple[str, str]]:
    if record.state != state.value:
        record.state, record.source, record.changed_at = state.value, source, now
        table.update_with(record, with_it)
    return record.users()
