"""Which accounts of a queued slice are due now, read afresh.

First the accounts, by which the rules decide; then what lies beside them, which tells whether their
contacts can be reached after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from balance_alerts.domain.account import Account
from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.decide import decide
from balance_alerts.domain.practice import Practice
from balance_alerts.queues.alert_queue import Slice
from balance_alerts.store import channel_stops, contacts, keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.alerts import claim_key
from balance_alerts.store.brake import keys_to_decide_by, practice_in
from balance_alerts.store.contacts import ContactRecord

A_DECISION_LASTS = timedelta(seconds=10)
"""Nothing is handed to a provider later than this after its account was read. That bounds what is
tried again too: the balance may be paid meanwhile."""


@dataclass(frozen=True, slots=True)
class SeenSlice:
    """A slice as it was read: the practice, its accounts, and what lies beside them.

    `resting` are the channels on which nothing goes out at present, for nobody; `beside` holds the
    contacts on file and the records of the accounts' last claims, once they are read.
    """

    practice: Practice
    accounts: Sequence[AccountRecord]
    resting: frozenset[Channel] = frozenset()
    beside: Mapping[keys.Key, Any] = field(default_factory=dict)

    def with_beside(self) -> SeenSlice:
        """The same, with what lies beside the accounts as it is now."""
        wanted = [key for account in self.accounts for key in _keys_beside(account)]
        return replace(self, beside=table.read(wanted))

    def contact(self, account: AccountRecord, channel: Channel) -> ContactRecord | None:
        """The contact on file for one channel, itself and not the account's copy of its state."""
        key = _contact_key(account, channel)
        return self.beside.get(key) if key else None

    def lost_its_record(self, account: AccountRecord) -> bool:
        """Whether the worker that last claimed the account never recorded what came of it."""
        key = claim_key(account)
        return key is not None and key not in self.beside

    def is_shared(self, contact: ContactRecord) -> bool:
        """Whether a contact serves several patients of the practice."""
        return len(contact.users_in(self.practice.practice_id)) > 1


@dataclass(frozen=True, slots=True)
class DueAccount:
    """An account that is due, and the channels to alert it on by what it says itself."""

    account: AccountRecord
    channels: tuple[Channel, ...]


def read(queued: Slice, now: datetime) -> SeenSlice:
    """Read a slice: its practice, the brake and its accounts, but nothing beside them yet.

    Raises:
        RuleError: `unknown_practice`.
    """
    wanted = [keys.account(queued.practice_id, patient_id) for patient_id in queued.patient_ids]
    found = table.read([*keys_to_decide_by(queued.practice_id), *channel_stops.KEYS, *wanted])
    practice = practice_in(found, queued.practice_id)
    accounts = [found[key] for key in wanted if key in found]
    resting = frozenset(stop.channel for stop in channel_stops.stops_in(found, now))
    return SeenSlice(practice, accounts, resting)


def due_account(account: AccountRecord, seen: SeenSlice, now: datetime) -> DueAccount | None:
    """The account, if the rules still say so for as long as a decision lasts; else None.

    Who is left out of a pilot stays due, and so does whom only a channel that rests would reach:
    nothing was sent, so nothing counts.
    """
    as_seen = account.to_domain()
    if not _is_due(as_seen, seen.practice, now):
        return None
    due = DueAccount(account, channels_to_try(account, as_seen, seen.practice))
    return due if goes_out(due.channels, seen) else None


def channels_to_try(
    account: AccountRecord, as_seen: Account, practice: Practice
) -> tuple[Channel, ...]:
    """The channels that an alert would go out on, of a practice that tries out to its pilot's."""
    return tuple(
        channel
        for channel in as_seen.active_channels
        if practice.alerts.may_send_to(account.contact(channel) or "")
    )


def reachable(due: DueAccount, seen: SeenSlice) -> dict[Channel, ContactRecord]:
    """The contacts that an alert would go to, by what is known of the contacts themselves."""
    return {
        channel: contact
        for channel in due.channels
        if (contact := seen.contact(due.account, channel)) is not None
        and contact.state == ContactState.REACHABLE
    }


def goes_out(channels: Iterable[Channel], seen: SeenSlice) -> bool:
    """Whether something goes out at present on one of these channels."""
    return not seen.resting.issuperset(channels)


def lagging_channels(account: AccountRecord, seen: SeenSlice) -> list[Channel]:
    """The channels for which the account's copy of its contact's state is out of date.

    So it stays where a worker was killed between writing the contact and its accounts.
    """
    return [
        channel
        for channel in Channel
        if (contact := seen.contact(account, channel)) is not None
        and contact.state != account.contact_state(channel)
    ]


def _is_due(account: Account, practice: Practice, now: datetime) -> bool:
    """Due now and still when the last provider call may begin: the window may close between."""
    return all(decide(account, practice, at).due for at in (now, now + A_DECISION_LASTS))


def _keys_beside(account: AccountRecord) -> list[keys.Key]:
    beside = [_contact_key(account, channel) for channel in Channel] + [claim_key(account)]
    return [key for key in beside if key is not None]


def _contact_key(account: AccountRecord, channel: Channel) -> keys.Key | None:
    contact = account.contact(channel)
    if contact is None:
        return None
    return contacts.key_of(channel, practice_id=account.practice_id, contact=contact)
