"""What registering a patient does to contacts, consent and subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from balance_alerts.domain.contact import WITHDRAWN, Channel, ContactState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.patient import Consent, PatientDetails
from balance_alerts.store import contacts, keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action
    from pynamodb.transactions import TransactWrite

    Write = Callable[[TransactWrite], None]

MOST_USERS_OF_A_CONTACT = 500


class ContactChanges:
    """Puts the contacts that `details` give on an account as read, in its caller's transaction.

    Args:
        account: changed here, written by the caller.
        details: what a source tells.
        recorded_by: who wrote consent down; `recorded_by_name` is a member of staff's name.
        now: the present instant.
    """

    def __init__(
        self,
        account: AccountRecord,
        details: PatientDetails,
        *,
        recorded_by: str,
        recorded_by_name: str | None,
        now: datetime,
    ) -> None:
        self._account = account
        self._details = details
        self._recorded_by = recorded_by
        self._recorded_by_name = recorded_by_name
        self._now = now
        self._writes: list[Write] = []
        replaced = [
            key
            for channel in Channel
            if self._changes_contact(channel)
            for contact in (details.contact(channel), account.contact(channel))
            if (key := self._key(channel, contact)) is not None
        ]
        self._contacts: dict[keys.Key, ContactRecord] = table.read(replaced) if replaced else {}

    def take(self) -> list[Write]:
        """Change the account; returns what is to be written with it.

        Raises:
            RuleError: `contact_of_too_many`, `no_contact_to_subscribe`.
        """
        changed = [channel for channel in Channel if self._changes_contact(channel)]
        moved = [channel for channel in changed if self._take_contact(channel)]
        for channel in Channel:
            self._take_consent(channel, changed=channel in changed, moved=channel in moved)
        return self._writes

    def _changes_contact(self, channel: Channel) -> bool:
        on_file = self._account.contact(channel)
        if self._details.clears_contact(channel):
            return on_file is not None
        given = self._key(channel, self._details.contact(channel))
        return given is not None and given != self._key(channel, on_file)

    def _take_contact(self, channel: Channel) -> bool:
        """Put another contact on file, or none; says whether it takes the place of one."""
        given, on_file = self._details.contact(channel), self._account.contact(channel)
        if self._details.clears_contact(channel):
            self._account.put_contact(channel, None, None)
        else:
            self._account.put_contact(channel, given, self._join_contact(channel))
        if on_file is None:
            return False
        self._leave_contact(channel, on_file)
        self._account.revoke_links(channel, self._now)
        return True

    def _join_contact(self, channel: Channel) -> str:
        """Enter the account among a contact's users, provided its state stays as it was read.

        The contact's version moves on, so that a change of state that is under way reads the
        users again and does not miss this one.
        """
        key = self._key(channel, self._details.contact(channel))
        assert key is not None
        known = self._contacts.get(key)
        if known is None:
            new = ContactRecord(*key, state=ContactState.REACHABLE.value, used_by={self._user()})
            self._writes.append(partial(save, new))
            return str(new.state)
        if len(known.used_by or ()) >= MOST_USERS_OF_A_CONTACT:
            raise RuleError(
                "contact_of_too_many",
                "This contact is on file for hundreds of patients; is it the practice's own?",
            )
        join = ContactRecord.used_by.add({self._user()})
        self._writes.append(partial(_update, known, join))
        return str(known.state)

    def _leave_contact(self, channel: Channel, contact: str) -> None:
        """Take the account off a contact's users; what nobody uses is forgotten.

        Unless its owner wants no alerts: that is remembered, whoever gives the contact next.
        """
        key = self._key(channel, contact)
        known = self._contacts.get(key) if key else None
        if known is None:
            return
        if known.used_by == {self._user()} and known.state not in WITHDRAWN:
            self._writes.append(partial(delete, known))
            return
        leave = ContactRecord.used_by.delete({self._user()})
        self._writes.append(partial(_update, known, leave))

    def _take_consent(self, channel: Channel, *, changed: bool, moved: bool) -> None:
        account, consent = self._account, self._details.consent
        was = account.subscribed(channel)
        if moved and was:
            account.subscribe(channel, False)
        if consent is None:
            return
        if self._details.consent_to_contacts:
            self._take_consent_to_contact(channel, consent, changed=changed, stays=moved and was)
            return
        latest = account.consent_at(channel)
        fresh = latest is None or consent.at > latest
        if not self._details.wants(channel) or not (was is None or (moved and was and fresh)):
            return
        contact = account.contact(channel)
        if contact is None:
            raise RuleError(
                "no_contact_to_subscribe",
                f"There is no contact for {channel} alerts; give one, or leave the consent out.",
            )
        account.take_consent(channel, consent.at)
        self._keep(channel, contact, consent)

    def _take_consent_to_contact(
        self, channel: Channel, consent: Consent, *, changed: bool, stays: bool | None
    ) -> None:
        """Keep what was agreed to for a contact now put on file; what was on stays on by it."""
        contact = self._account.contact(channel)
        if not changed or contact is None:
            return
        if stays:
            self._account.take_consent(channel, consent.at)
        self._keep(channel, contact, consent)

    def _keep(self, channel: Channel, contact: str, consent: Consent) -> None:
        account = self._account
        given = ConsentRecord(
            *keys.consent(account.practice_id, account.patient_id, channel, consent.at),
            channel=channel.value,
            contact=contact,
            source=consent.source,
            given_at=consent.at,
            recorded_by=self._recorded_by,
            recorded_by_name=self._recorded_by_name,
        )
        self._writes.append(partial(save, given))

    def _key(self, channel: Channel, contact: str | None) -> keys.Key | None:
        if contact is None:
            return None
        return contacts.key_of(channel, practice_id=self._account.practice_id, contact=contact)

    def _user(self) -> str:
        return contacts.user(self._account.practice_id, self._account.patient_id)


def save(record: Record, transaction: TransactWrite) -> None:
    """Put a record by a transaction."""
    transaction.save(record)


def delete(record: Record, transaction: TransactWrite) -> None:
    """Take a record away by a transaction."""
    transaction.delete(record)


def _update(record: Record, action: Action, transaction: TransactWrite) -> None:
    transaction.update(record, [action])
