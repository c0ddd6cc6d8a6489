"""Contacts that alerts do not reach any more, in a list for staff to look into.

An item here is a hint: whether the contact is still on file, subscribed and unreachable is read
from the account. So nothing needs to be taken off the list when a contact is mended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attributes import InstantAttribute
from balance_alerts.store.table import Record

UNREACHABLE = frozenset({ContactState.BOUNCED.value, ContactState.INVALID.value})
"""What staff can mend, by confirming or changing the contact; an opt-out is its owner's wish."""


class UnreachableContactRecord(Record, discriminator="unreachable_contact"):
    """A channel of an account on which messages came back."""

    item_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    since = InstantAttribute(null=True)


def noted(account: AccountRecord, channel: Channel, since: datetime | None) -> list[Record]:
    """What puts the contact of a channel on the list, where it belongs there."""
    if not _belongs(account, channel):
        return []
    named = f"{channel}/{account.patient_id}"
    item_id = hashlib.sha256(named.encode()).hexdigest()[:32]
    return [
        UnreachableContactRecord(
            *keys.unreachable_contact(account.practice_id, item_id),
            item_id=item_id,
            patient_id=account.patient_id,
            channel=channel.value,
            since=since,
        )
    ]


def unreachable_of(practice_id: str) -> Iterator[tuple[UnreachableContactRecord, AccountRecord]]:
    """The contacts of a practice that are subscribed and cannot be reached, with their accounts."""
    pk, prefix = keys.unreachable_contact(practice_id, "")
    found = list(
        UnreachableContactRecord.query(
            pk, UnreachableContactRecord.sk.startswith(prefix), consistent_read=True
        )
    )
    accounts = table.read(keys.account(practice_id, each.patient_id) for each in found)
    for each in found:
        account = accounts.get(keys.account(practice_id, each.patient_id))
        if account is not None and _belongs(account, Channel(each.channel)):
            yield each, account


def _belongs(account: AccountRecord, channel: Channel) -> bool:
    return bool(account.subscribed(channel)) and account.contact_state(channel) in UNREACHABLE
