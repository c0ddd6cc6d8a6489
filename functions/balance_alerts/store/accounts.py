"""Accounts: reading them, their holds, and the state of their contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial

from balance_alerts.domain.account import REVOKING_HOLDS, Account, HoldReason, check_hold
from balance_alerts.domain.contact import TAKES_BACK, Channel, ContactFact, Told
from balance_alerts.domain.errors import RuleError
from balance_alerts.store import contacts, keys, races, table, unreachable_contacts
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.consents import consents_by_contact
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.table import Record

FOLLOW_TOGETHER = 15
"""Accounts that are written in one transaction with their contact: it takes a hundred actions, and
each may come with a consent and with notes of a contact that cannot be reached."""


class Accounts:
    """The accounts of the stack."""

    def get(self, practice_id: str, patient_id: str) -> AccountRecord:
        """One account, read consistently.

        Raises:
            RuleError: `unknown_patient`.
        """
        key = keys.account(practice_id, patient_id)
        record: AccountRecord | None = table.read([key]).get(key)
        if record is None:
            raise RuleError("unknown_patient", "There is no patient with this id; import it first.")
        return record

    def set_hold(
        self,
        practice_id: str,
        patient_id: str,
        reason: HoldReason,
        *,
        until: date | None,
        now: datetime,
    ) -> None:
        """Pause alerts through the local day `until`. Some reasons also revoke every link.

        Raises:
            RuleError: `hold_needs_end`, `unknown_patient`.
        """
        self.change(practice_id, patient_id, lambda account: hold(account, reason, until, now))

    def release_hold(self, practice_id: str, patient_id: str, reason: HoldReason) -> None:
        """End a hold; where there is none, nothing changes."""
        self.change(practice_id, patient_id, lambda account: account.release(reason))

    def see_window_closed(self, seen: Account) -> None:
        """Take an account out of the due index whose window closed; responsibility brings it back.

        Where the window has moved since it was seen, nothing changes.
        """

        def close(account: AccountRecord) -> None:
            if account.window == seen.window:
                account.window_seen_closed = True

        self.change(seen.practice_id, seen.patient_id, close)

    def tell_of_contact(
        self,
        practice_id: str,
        channel: Channel,
        contact: str,
        fact: ContactFact,
        *,
        source: str,
        at: datetime,
        with_it: Iterable[Record] = (),
        consents: Mapping[keys.Key, Record] | None = None,
    ) -> None:
        """Record what was told of a contact, on it and on the accounts that use it, all at once.

        Nobody would mend an account that lags behind a contact which can be reached again: no scan
        finds it. Only beyond `FOLLOW_TOGETHER` accounts the others follow one by one, and all do
        where one cannot be written and what was told is against sending.

        Safe to repeat, in any order; an account that has changed its contact meanwhile is left
        alone. `OPTED_IN` is for the owner's own doing only. What is `with_it` is written with the
        contact, if that changes; `consents` are by account what its patient agreed to, which is
        kept there in place of what follows from the contact.
        """
        key = contacts.key_of(channel, practice_id=practice_id, contact=contact)
        self._tell(key, channel, fact, Told(at, source), with_it, consents)

    def tell_of_number(self, number: str, fact: ContactFact, *, source: str, at: datetime) -> None:
        """The same of a mobile number, which is one for all practices."""
        self._tell(keys.mobile(number), Channel.TEXT, fact, Told(at, source))

    def _tell(
        self,
        key: keys.Key,
        channel: Channel,
        fact: ContactFact,
        told: Told,
        with_it: Iterable[Record] = (),
        consents: Mapping[keys.Key, Record] | None = None,
    ) -> None:
        own = consents or {}

        def write(together: int) -> list[tuple[str, str]]:
            """Write the contact, and so many accounts with it; those that are still to follow."""
            contact = contacts.told_of(key, fact, told)
            if contact is None:
                return []
            users = sorted(contact.users(), key=lambda user: keys.account(*user) not in own)
            if not contact.changes():
                # Nothing would then guard what was read of it while accounts are written.
                return users
            wanted = [keys.account(*user) for user in users[:together]]
            accounts = table.read(wanted)
            table.update_all(
                [
                    (contact, with_it),
                    *(
                        (accounts[each], _follow(accounts[each], channel, contact, own.get(each)))
                        for each in wanted
                        if each in accounts and _is_on_file(contact, accounts[each], channel)
                    ),
                ]
            )
            return users[together:]

        try:
            left = races.retrying(partial(write, FOLLOW_TOGETHER))
        except Exception:
            if fact in TAKES_BACK:
                raise
            # One account that cannot be written keeps no opt-out from being known.
            left = races.retrying(partial(write, 0))
        for practice_id, patient_id in left:
            consent = own.get(keys.account(practice_id, patient_id))
            self.follow_contact(practice_id, patient_id, channel, consent=consent)

    def follow_contact(
        self, practice_id: str, patient_id: str, channel: Channel, *, consent: Record | None = None
    ) -> None:
        """Copy the state of the contact on file for one channel to the account.

        That its owner withdrew consent by the contact, or gave it again, is put among the account's
        consents, with its time and source; or else what the patient agreed to, if that is given.
        """

        def follow(account: AccountRecord) -> list[Record]:
            contact = contacts.contacts_on_file(account).get(channel)
            return [] if contact is None else _follow(account, channel, contact, consent)

        self.change(practice_id, patient_id, follow)

    def change(
        self,
        practice_id: str,
        patient_id: str,
        change: Callable[[AccountRecord], Iterable[Record] | None],
    ) -> AccountRecord:
        """Read an account, change it, write what changed; again where another write came between.

        Args:
            practice_id: whose account it is.
            patient_id: the account.
            change: changes what was read, and returns what is to be written with it: all of it or
                nothing, and nothing where the account stays as it is.

        Raises:
            RuleError: `unknown_patient`.
        """

        def write() -> AccountRecord:
            account = self.get(practice_id, patient_id)
            table.update_with(account, change(account) or ())
            return account

        return races.retrying(write)


def _is_on_file(contact: ContactRecord, account: AccountRecord, channel: Channel) -> bool:
    return contacts.keys_on_file(account).get(channel) == (contact.pk, contact.sk)


def _follow(
    account: AccountRecord, channel: Channel, contact: ContactRecord, consent: Record | None
) -> list[Record]:
    """Copy a contact's state to an account; what belongs with that."""
    consents = [consent] if consent else consents_by_contact(account, channel, contact)
    account.put_contact(channel, account.contact(channel), contact.state)
    return [*unreachable_contacts.noted(account, channel, contact.changed_at), *consents]


def hold(account: AccountRecord, reason: HoldReason, until: date | None, now: datetime) -> None:
    """Pause an account's alerts through the local day `until`. Some reasons also revoke every link.

    Raises:
        RuleError: `hold_needs_end`.
    """
    check_hold(reason, until)
    account.hold(reason, until)
    if reason in REVOKING_HOLDS:
        for channel in Channel:
            account.revoke_links(channel, now)
