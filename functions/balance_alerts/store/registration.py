"""Registering patients: who they are, how to reach them, what they agreed to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from balance_alerts.domain.contact import Channel, ContactState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import counted_responsibilities, window_of
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.domain.practice import Practice
from balance_alerts.store import contacts, keys, patient_finder, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.consents import ConsentRecord
from balance_alerts.store.contacts import ContactRecord
from balance_alerts.store.entries import entries_of
from balance_alerts.store.practices import Practices
from balance_alerts.store.table import Record

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action
    from pynamodb.transactions import TransactWrite

    Write = Callable[[TransactWrite], None]

MOST_USERS_OF_A_CONTACT = 500


class Registered(StrEnum):
    """What registering a patient did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Registration:
    """Takes in what a source tells of a patient.

    Args:
        practices: where a patient's own time zone is made known.
    """

    def __init__(self, practices: Practices) -> None:
        self._practices = practices

    def register(
        self,
        practice: Practice,
        details: PatientDetails,
        *,
        recorded_by: str,
        now: datetime,
        origin: str | None = None,
    ) -> Registered:
        """Add a patient, or change what `details` gives. Doing it twice changes nothing.

        A channel is switched on only where nobody ever set it. Another contact for a channel
        switches the channel off and revokes the links sent to the old one, unless the same
        details bring consent that is newer than the one before. Details that the line `origin`
        brought before a worker was killed count as what they did then.

        Raises:
            RuleError: where a new patient lacks a name or date of birth, consent its contact, or
                one contact serves too many patients.
        """
        if details.time_zone is not None:
            self._practices.know_time_zone(practice, details.time_zone)

        def write() -> Registered:
            attempt = _Attempt(practice, details, recorded_by=recorded_by, now=now)
            return attempt.write(origin)

        return table.retrying(write)


class _Attempt:
    """One try to register a patient, from what is stored at this moment."""

    def __init__(
        self, practice: Practice, details: PatientDetails, *, recorded_by: str, now: datetime
    ) -> None:
        self.practice = practice
        self.details = details
        self.recorded_by = recorded_by
        self.now = now
        self.writes: list[Write] = []
        key = keys.account(practice.practice_id, details.patient_id)
        stored: AccountRecord | None = table.read([key]).get(key)
        self.is_new = stored is None
        self.account = stored or _new_account(practice.practice_id, details)
        replaced = [
            contact_key
            for channel in Channel
            if self._gives_another_contact(channel)
            for contact in (details.contact(channel), self.account.contact(channel))
            if (contact_key := self._contact_key(channel, contact)) is not None
        ]
        self.contacts: dict[keys.Key, ContactRecord] = table.read(replaced) if replaced else {}

    def write(self, origin: str | None) -> Registered:
        """Write what differs, in one transaction."""
        self._take_details()
        moved = [channel for channel in Channel if self._take_contact(channel)]
        for channel in Channel:
            self._take_consent(channel, moved=channel in moved)
        self._take_member_ids()
        if not (self.account.changes() or self.writes or self.is_new):
            return self._done_before(origin)
        done = Registered.ADDED if self.is_new else Registered.CHANGED
        if origin is not None:
            self.account.registered_by = f"{origin} {done}"
        with table.transaction() as transaction:
            for write in self.writes:
                write(transaction)
            if self.is_new:
                transaction.save(self.account)
            else:
                transaction.update(self.account, self.account.changes())
        return done

    def _done_before(self, origin: str | None) -> Registered:
        line, _, done = (self.account.registered_by or "").rpartition(" ")
        return Registered(done) if line and line == origin else Registered.UNCHANGED

    def _take_details(self) -> None:
        account, details = self.account, self.details
        for name in ("first_name", "last_name", "date_of_birth", "language", "other_coverage"):
            if (value := getattr(details, name)) is not None:
                setattr(account, name, value)
        if details.time_zone is not None and details.time_zone != account.time_zone:
            account.time_zone = details.time_zone
            self._move_window()

    def _move_window(self) -> None:
        """In another zone the same instants may lie on other local days."""
        if self.account.window is None:
            return
        recorded = counted_responsibilities(
            entries_of(self.practice.practice_id, self.details.patient_id)
        )
        self.account.window = window_of(recorded, self.account.time_zone or self.practice.time_zone)
        self.account.window_seen_closed = None

    def _gives_another_contact(self, channel: Channel) -> bool:
        given = self._contact_key(channel, self.details.contact(channel))
        return given is not None and given != self._contact_key(
            channel, self.account.contact(channel)
        )

    def _take_contact(self, channel: Channel) -> bool:
        """Put another contact on file; says whether it takes the place of one."""
        if not self._gives_another_contact(channel):
            return False
        given, on_file = self.details.contact(channel), self.account.contact(channel)
        state = self._join_contact(channel)
        self.account.put_contact(channel, given, state)
        if on_file is None:
            return False
        self._leave_contact(channel, on_file)
        self.account.revoke_links(channel, self.now)
        return True

    def _join_contact(self, channel: Channel) -> str:
        """Enter the account among a contact's users, provided its state stays as it was read.

        The contact's version moves on, so that a change of state that is under way reads the
        users again and does not miss this one.
        """
        key = self._contact_key(channel, self.details.contact(channel))
        assert key is not None
        known = self.contacts.get(key)
        if known is None:
            new = ContactRecord(*key, state=ContactState.REACHABLE.value, used_by={self._user()})
            self.writes.append(partial(_save, new))
            return str(new.state)
        if len(known.used_by or ()) >= MOST_USERS_OF_A_CONTACT:
            raise RuleError(
                "contact_of_too_many",
                "This contact is on file for hundreds of patients; is it the practice's own?",
            )
        join = ContactRecord.used_by.add({self._user()})
        self.writes.append(partial(_update, known, join))
        return str(known.state)

    def _leave_contact(self, channel: Channel, contact: str) -> None:
        key = self._contact_key(channel, contact)
        known = self.contacts.get(key) if key else None
        if known is not None:
            leave = ContactRecord.used_by.delete({self._user()})
            self.writes.append(partial(_update, known, leave))

    def _take_consent(self, channel: Channel, *, moved: bool) -> None:
        account, consent = self.account, self.details.consent
        was = account.subscribed(channel)
        if moved and was:
            account.subscribe(channel, False)
        if consent is None or not self.details.wants(channel):
            return
        latest = account.consent_at(channel)
        fresh = latest is None or consent.at > latest
        if not (was is None or (moved and was and fresh)):
            return
        contact = account.contact(channel)
        if contact is None:
            raise RuleError(
                "no_contact_to_subscribe",
                f"There is no contact for {channel} alerts; give one, or leave the consent out.",
            )
        account.take_consent(channel, consent.at)
        key = keys.consent(self.practice.practice_id, self.details.patient_id, channel, consent.at)
        given = ConsentRecord(
            *key,
            channel=channel.value,
            contact=contact,
            source=consent.source,
            given_at=consent.at,
            recorded_by=self.recorded_by,
        )
        self.writes.append(partial(_save, given))

    def _take_member_ids(self) -> None:
        given = self.details.member_ids
        if given is None:
            return
        before = set(self.account.member_ids or ())
        self.account.member_ids = set(given) or None
        for member_id in sorted(given ^ before):
            owner = patient_finder.member_owner(
                self.practice.practice_id, member_id, self.details.patient_id
            )
            if member_id in given:
                self.writes.append(partial(_save, owner))
            else:
                self.writes.append(partial(_delete, owner))

    def _contact_key(self, channel: Channel, contact: str | None) -> keys.Key | None:
        if contact is None:
            return None
        return contacts.key_of(channel, practice_id=self.practice.practice_id, contact=contact)

    def _user(self) -> str:
        return contacts.user(self.practice.practice_id, self.details.patient_id)


def _save(record: Record, transaction: TransactWrite) -> None:
    transaction.save(record)


def _update(record: Record, action: Action, transaction: TransactWrite) -> None:
    transaction.update(record, [action])


def _delete(record: Record, transaction: TransactWrite) -> None:
    transaction.delete(record)


def _new_account(practice_id: str, details: PatientDetails) -> AccountRecord:
    needed: dict[str, Any] = {
        "first_name": details.first_name,
        "last_name": details.last_name,
        "date_of_birth": details.date_of_birth,
    }
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        raise RuleError(
            "new_patient_incomplete", f"A new patient needs {', '.join(missing)}; fill it in."
        )
    return AccountRecord(
        *keys.account(practice_id, details.patient_id),
        practice_id=practice_id,
        patient_id=details.patient_id,
        **needed,
    ).loaded()
