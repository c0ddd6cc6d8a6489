"""Registering patients: who they are, how to reach them, what they agreed to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from balance_alerts.domain.audit import Who
from balance_alerts.domain.contact import mask_email, mask_mobile
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import counted_responsibilities, window_of
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, patient_finder, races, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.audit import AuditRecord, audit_record
from balance_alerts.store.contact_changes import ContactChanges, delete, save
from balance_alerts.store.entries import entries_of
from balance_alerts.store.patient_names import PatientNameRecord, name_records
from balance_alerts.store.practices import Practices

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

    Write = Callable[[TransactWrite], None]


DEFAULT_LANGUAGE = "en"


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
        by: Who | None = None,
    ) -> Registered:
        """Add a patient, or change what `details` gives. Doing it twice changes nothing.

        A channel is switched on only where nobody ever set it. Another contact for a channel
        switches the channel off and revokes the links sent to the old one, unless the same
        details bring consent that is newer than the one before. Details that the line `origin`
        brought before a worker was killed count as what they did then. What somebody of the
        practice changes is noted in the audit trail as done `by` them.

        Raises:
            RuleError: where a new patient lacks a name or date of birth, consent its contact, or
                one contact serves too many patients.
        """
        if details.time_zone is not None:
            self._practices.know_time_zone(practice, details.time_zone)

        def write() -> Registered:
            attempt = _Attempt(practice, details, recorded_by=recorded_by, now=now, by=by)
            return attempt.write(origin)

        return races.retrying(write)


class _Attempt:
    """One try to register a patient, from what is stored at this moment."""

    def __init__(
        self,
        practice: Practice,
        details: PatientDetails,
        *,
        recorded_by: str,
        now: datetime,
        by: Who | None,
    ) -> None:
        self.practice = practice
        self.details = details
        self.now = now
        self.by = by
        self.writes: list[Write] = []
        key = keys.account(practice.practice_id, details.patient_id)
        stored: AccountRecord | None = table.read([key]).get(key)
        self.is_new = stored is None
        self.before = {} if stored is None else _audited(stored)
        self.account = stored or _new_account(practice.practice_id, details)
        self.names_before = [] if stored is None else _names(stored)
        self.contacts = ContactChanges(
            self.account,
            details,
            recorded_by=recorded_by,
            recorded_by_name=None if by is None else by.name,
            now=now,
        )

    def write(self, origin: str | None) -> Registered:
        """Write what differs, in one transaction."""
        self._take_details()
        self.writes += self.contacts.take()
        self._take_member_ids()
        self._take_names()
        if not (self.account.changes() or self.writes or self.is_new):
            return self._done_before(origin)
        done = Registered.ADDED if self.is_new else Registered.CHANGED
        if origin is not None:
            self.account.registered_by = f"{origin} {done}"
        if self.by is not None:
            self.writes.append(partial(save, self._note(self.by, done)))
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
        if "language" in details.clears:
            account.language = DEFAULT_LANGUAGE
        if "other_coverage" in details.clears:
            account.other_coverage = None
        time_zone = None if "time_zone" in details.clears else details.time_zone
        if time_zone != account.time_zone and (time_zone or "time_zone" in details.clears):
            account.time_zone = time_zone
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

    def _take_member_ids(self) -> None:
        given = self.details.member_ids
        if "member_ids" in self.details.clears:
            given = frozenset()
        if given is None:
            return
        before = set(self.account.member_ids or ())
        self.account.member_ids = set(given) or None
        for member_id in sorted(given ^ before):
            owner = patient_finder.member_owner(
                self.practice.practice_id, member_id, self.details.patient_id
            )
            self.writes.append(partial(save if member_id in given else delete, owner))

    def _take_names(self) -> None:
        """Keep the patient findable by name."""
        before = {record.sk: record for record in self.names_before}
        after = {record.sk: record for record in _names(self.account)}
        self.writes += [partial(delete, before[key]) for key in before.keys() - after.keys()]
        self.writes += [partial(save, after[key]) for key in after.keys() - before.keys()]

    def _note(self, by: Who, done: Registered) -> AuditRecord:
        return audit_record(
            self.practice.practice_id,
            by,
            self.now,
            action=f"patient_{done}",
            subject=f"patient {self.details.patient_id}",
            before=self.before,
            after=_audited(self.account),
        )


def _names(account: AccountRecord) -> list[PatientNameRecord]:
    return name_records(
        account.practice_id,
        account.patient_id,
        first_name=account.first_name,
        last_name=account.last_name,
    )


def _audited(account: AccountRecord) -> dict[str, object]:
    """What of a patient the audit trail tells, contacts masked."""
    return {
        "first_name": account.first_name,
        "last_name": account.last_name,
        "date_of_birth": account.date_of_birth.isoformat(),
        "language": account.language,
        "time_zone": account.time_zone,
        "member_ids": sorted(account.member_ids or ()),
        "other_coverage": account.other_coverage,
        "mobile": mask_mobile(account.mobile),
        "email": mask_email(account.email),
        "text_alerts": account.text_subscribed,
        "email_alerts": account.email_subscribed,
    }


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
