"""Accounts: reading them, their holds, and the state of their contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from balance_alerts.domain.account import REVOKING_HOLDS, Account, HoldReason, check_hold
from balance_alerts.domain.contact import Channel, ContactFact, Told
from balance_alerts.domain.errors import RuleError
from balance_alerts.store import contacts, keys, races, table, unreachable_contacts
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.consents import consents_by_contact
from balance_alerts.store.table import Record


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
        """Record what was told of a contact, on it and then on every account that uses it.

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
        for practice_id, patient_id in contacts.tell(key, fact, told, with_it=with_it):
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
            on_file = account.contact(channel)
            if on_file is None:
                return []
            key = contacts.key_of(channel, practice_id=practice_id, contact=on_file)
            contact = table.read([key]).get(key)
            if contact is None:
                return []
            consents = [consent] if consent else consents_by_contact(account, channel, contact)
            account.put_contact(channel, on_file, contact.state)
            return [*unreachable_contacts.noted(account, channel, contact.changed_at), *consents]

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
