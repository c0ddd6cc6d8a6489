"""One transaction's worth of ledger entries of one account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from balance_alerts.domain.duplicate import is_online
from balance_alerts.domain.ledger import (
    EntryError,
    EntryKind,
    LedgerEntry,
    check_entry,
)
from balance_alerts.domain.practice import Practice
from balance_alerts.store import keys, patient_finder, table
from balance_alerts.store.account_dates import extend_window, hold_for_dispute, reckon_window
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.entries import (
    CaseRecord,
    EntryIdRecord,
    digest_of,
    entries_of,
    entry_id_record,
    entry_record,
    gateway_refs,
)

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


class PostingOutcome(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry's outcome.

    `code` and `message` say why it was refused and what to do; `origin` is where an entry that
    was there already came from.
    """

    entry_id: str
    outcome: PostingOutcome
    code: str = ""
    message: str = ""
    origin: str | None = None


def keys_to_post(
    practice_id: str, patient_id: str, entries: Iterable[LedgerEntry]
) -> list[keys.Key]:
    """What must be read before these entries can be posted."""
    wanted = [keys.account(practice_id, patient_id)]
    for entry in entries:
        wanted.append(keys.entry_id(practice_id, entry.entry_id))
        wanted.append(keys.case(practice_id, patient_id, entry.case_id))
        if entry.reverses is not None:
            wanted.append(keys.entry_id(practice_id, entry.reverses))
        wanted += [keys.posted_transaction(practice_id, ref) for ref in gateway_refs(entry)]
    return wanted


class AccountPosting:
    """Gathers entries on what was read of an account, then writes them all or none.

    The account's version guards the whole: if anything was posted since it was read, the write
    fails as a lost race and everything is read again.
    """

    def __init__(
        self, practice: Practice, patient_id: str, found: Mapping[keys.Key, Any], now: datetime
    ) -> None:
        self._practice = practice
        self._patient_id = patient_id
        self._now = now
        self._found = found
        self._account: AccountRecord | None = found.get(
            keys.account(practice.practice_id, patient_id)
        )
        self._taken: list[LedgerEntry] = []
        self._new_ids: dict[str, EntryIdRecord] = {}
        self._reversed: dict[str, EntryIdRecord] = {}
        self._cases: dict[str, CaseRecord] = {}
        self._new_cases: set[str] = set()
        self._ledger_needed = False

    def take(self, entry: LedgerEntry, origin: str | None = None) -> Posting:
        """Add one entry, unless it is there already or cannot be true."""
        known = self._known_id(entry.entry_id)
        if known is not None:
            if known.digest == digest_of(self._patient_id, entry):
                return Posting(entry.entry_id, PostingOutcome.UNCHANGED, origin=known.origin)
            return _refused(
                entry,
                EntryError(
                    "entry_conflict",
                    "There is another entry with this id; an entry cannot be changed. Reverse it "
                    "by an adjustment, and record the right one under a new id.",
                ),
            )
        if self._is_posted_online(entry):
            return Posting(entry.entry_id, PostingOutcome.UNCHANGED)
        try:
            self._take(entry, origin)
        except EntryError as error:
            return _refused(entry, error)
        return Posting(entry.entry_id, PostingOutcome.ADDED)

    def write(self, join: Callable[[TransactWrite], None] | None = None) -> None:
        """Write every entry taken, in one transaction.

        Args:
            join: adds further writes that have to hold or fail with the entries. What was changed
                on the account read goes along in any case.
        """
        account = self._account
        if account is None or not (self._taken or join):
            return
        if self._ledger_needed:
            ledger = entries_of(self._practice.practice_id, self._patient_id) + self._taken
            reckon_window(account, ledger, self._time_zone(account), self._now)
        practice_id = self._practice.practice_id
        with table.transaction() as transaction:
            for entry in self._taken:
                transaction.save(entry_record(practice_id, self._patient_id, entry, self._now))
            for new_id in self._new_ids.values():
                transaction.save(new_id, condition=EntryIdRecord.pk.does_not_exist())
            for reversed_id in self._reversed.values():
                transaction.update(
                    reversed_id,
                    [EntryIdRecord.reversed_by.set(reversed_id.reversed_by)],
                    condition=EntryIdRecord.reversed_by.does_not_exist(),
                )
            for case_id, case in self._cases.items():
                if case_id in self._new_cases:
                    transaction.save(case)
                    transaction.save(
                        patient_finder.case_owner(practice_id, case_id, self._patient_id)
                    )
                elif changes := case.changes():
                    transaction.update(case, changes)
            transaction.update(account, account.changes())
            if join is not None:
                join(transaction)

    def _take(self, entry: LedgerEntry, origin: str | None) -> None:
        account = self._account
        if account is None:
            raise EntryError(
                "unknown_patient", "There is no patient with this id; import the patient first."
            )
        check_entry(entry, self._now)
        cancelled = self._entry_to_reverse(entry)
        new_id = entry_id_record(self._practice.practice_id, self._patient_id, entry, origin)
        self._taken.append(entry)
        self._new_ids[entry.entry_id] = new_id
        account.balance_cents = int(account.balance_cents) + entry.signed_cents
        self._add_to_case(entry)
        if cancelled is not None:
            self._cancel(cancelled, entry)
        if entry.kind is EntryKind.RESPONSIBILITY:
            zone = self._time_zone(account)
            if not extend_window(account, entry.recorded_at, zone, self._now):
                self._ledger_needed = True
        if entry.kind is EntryKind.CHARGEBACK:
            hold_for_dispute(account, entry.recorded_at, self._time_zone(account))
        if is_online(entry):
            newest = account.newest_online_payment_at
            if newest is None or newest < entry.recorded_at:
                account.newest_online_payment_at = entry.recorded_at

    def _known_id(self, entry_id: str) -> EntryIdRecord | None:
        return self._new_ids.get(entry_id) or self._found.get(
            keys.entry_id(self._practice.practice_id, entry_id)
        )

    def _is_posted_online(self, entry: LedgerEntry) -> bool:
        """Whether the gateway told us of this payment, refund or chargeback already."""
        practice_id = self._practice.practice_id
        posted = (
            self._found.get(keys.posted_transaction(practice_id, ref))
            for ref in gateway_refs(entry)
        )
        return any(
            each is not None and (each.kind or EntryKind.PAYMENT) == entry.kind for each in posted
        )

    def _entry_to_reverse(self, entry: LedgerEntry) -> EntryIdRecord | None:
        if entry.reverses is None:
            return None
        target = self._known_id(entry.reverses)
        if target is None or target.patient_id != self._patient_id:
            raise EntryError(
                "reverses_unknown_entry",
                "This patient has no entry with the id in reverses; record that one first.",
            )
        if target.reverses is not None:
            raise EntryError(
                "reverses_a_reversal",
                "The entry in reverses is a reversal itself; record what it cancelled anew.",
            )
        if target.reversed_by is not None:
            raise EntryError("already_reversed", "The entry in reverses is reversed already.")
        if target.case_id != entry.case_id:
            raise EntryError("reverses_other_case", "A reversal belongs to the case it reverses.")
        if entry.amount_cents != -int(target.signed_cents):
            raise EntryError(
                "reversal_not_in_full",
                "A reversal cancels the whole entry: its amount is that entry's with the sign "
                "turned. For a part, leave reverses empty.",
            )
        return target

    def _cancel(self, target: EntryIdRecord, reversal: LedgerEntry) -> None:
        target.reversed_by = reversal.entry_id
        if reversal.reverses not in self._new_ids:
            self._reversed[str(reversal.reverses)] = target
        if target.kind == EntryKind.RESPONSIBILITY:
            self._ledger_needed = True

    def _add_to_case(self, entry: LedgerEntry) -> None:
        case = self._cases.get(entry.case_id) or self._case(entry.case_id)
        self._cases[entry.case_id] = case
        case.balance_cents = int(case.balance_cents) + entry.signed_cents
        case.label = entry.case_label or case.label
        if entry.kind is EntryKind.RESPONSIBILITY:
            first = case.first_responsibility_at
            case.first_responsibility_at = (
                entry.recorded_at if first is None else min(first, entry.recorded_at)
            )

    def _case(self, case_id: str) -> CaseRecord:
        key = keys.case(self._practice.practice_id, self._patient_id, case_id)
        stored: CaseRecord | None = self._found.get(key)
        if stored is not None:
            return stored
        self._new_cases.add(case_id)
        return CaseRecord(*key, case_id=case_id)

    def _time_zone(self, account: AccountRecord) -> str:
        return account.time_zone or self._practice.time_zone


def _refused(entry: LedgerEntry, error: EntryError) -> Posting:
    return Posting(entry.entry_id, PostingOutcome.REFUSED, error.code, error.message)
