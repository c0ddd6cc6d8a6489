"""Finding payments that an import tells a second time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from balance_alerts.domain.duplicate import NEARBY, may_be_told_twice, repeats
from balance_alerts.domain.ledger import EntryKind, LedgerEntry
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.csv_rows import EntryRow
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.attempt_records import AttemptRecord
from balance_alerts.store.entries import entries_between
from balance_alerts.store.parked import ParkedItems, ParkedState

PARALLEL_QUERIES = 8
_A_DAY = timedelta(days=1)


def find_repeats(practice: Practice, rows: Sequence[EntryRow]) -> set[tuple[str, str]]:
    """Patient and entry id of payments among `rows` that seem to be online ones told again.

    One that is still being confirmed counts: once it is, it would be in the ledger twice.
    A payment that is in the ledger already is none of them: the same file again changes nothing.
    Neither is one that came in before the online payment: nothing posted is taken back.
    """
    suspects = _not_posted(practice, [row for row in rows if may_be_told_twice(row.entry)])
    by_patient: dict[str, list[LedgerEntry]] = {}
    for row in suspects:
        by_patient.setdefault(row.patient_id, []).append(row.entry)
    in_ledger = _online_payments(practice, by_patient)
    return {
        (patient_id, payment.entry_id)
        for patient_id, payments in by_patient.items()
        for payment in payments
        if repeats(payment, in_ledger.get(patient_id, ()), practice.time_zone)
    }


def parked_before(
    parked: ParkedItems, practice: Practice, rows: Iterable[EntryRow]
) -> set[tuple[str, str]]:
    """Patient and entry id of payments among `rows` that wait for staff, or that they dismissed.

    They stay so whatever became of the online payment since, and however often they are told.
    """
    wanted = {
        parked_payment_id(row): (row.patient_id, row.entry.entry_id)
        for row in rows
        if row.entry.kind is EntryKind.PAYMENT
    }
    found = parked.known(practice.practice_id, list(wanted))
    return {wanted[id_] for id_, item in found.items() if item.state != ParkedState.RELEASED}


def parked_payment_id(row: EntryRow) -> str:
    """The id of a parked payment: the same however often its line comes."""
    named = f"{row.patient_id} {row.entry.entry_id}"
    return f"payment-{hashlib.sha256(named.encode()).hexdigest()[:32]}"


def _online_payments(
    practice: Practice, by_patient: Mapping[str, Sequence[LedgerEntry]]
) -> dict[str, list[LedgerEntry]]:
    """Online payments around these, of the few accounts that have any."""
    practice_id = practice.practice_id
    accounts = table.read(keys.account(practice_id, patient_id) for patient_id in by_patient)
    spans: dict[str, tuple[datetime, datetime]] = {}
    for account in accounts.values():
        recorded = [payment.recorded_at for payment in by_patient[account.patient_id]]
        earliest, latest = min(recorded) - NEARBY - _A_DAY, max(recorded) + NEARBY + _A_DAY
        newest = account.newest_online_payment_at
        if newest is not None and newest >= earliest:
            spans[account.patient_id] = (earliest, latest)

    def read(patient_id: str) -> list[LedgerEntry]:
        return entries_between(practice_id, patient_id, *spans[patient_id])

    found = _being_confirmed(accounts.values())
    if spans:
        with ThreadPoolExecutor(PARALLEL_QUERIES) as pool:
            for patient_id, posted in zip(spans, pool.map(read, spans), strict=True):
                found.setdefault(patient_id, []).extend(posted)
    return found


def _being_confirmed(accounts: Iterable[AccountRecord]) -> dict[str, list[LedgerEntry]]:
    """The open payments of these accounts, as they would be in the ledger."""
    wanted = [
        keys.attempt(account.practice_id, account.patient_id, account.open_attempt)
        for account in accounts
        if account.open_attempt is not None
    ]
    attempts: Iterable[AttemptRecord] = table.read(wanted).values()
    return {
        attempt.patient_id: [
            LedgerEntry(
                entry_id=attempt.attempt_id,
                kind=EntryKind.PAYMENT,
                amount_cents=int(attempt.amount_cents),
                case_id=attempt.case_id or "",
                recorded_at=attempt.begun_at,
                external_ref=attempt.attempt_id,
            )
        ]
        for attempt in attempts
    }


def _not_posted(practice: Practice, rows: Sequence[EntryRow]) -> list[EntryRow]:
    ids = {
        row.entry.entry_id: keys.entry_id(practice.practice_id, row.entry.entry_id) for row in rows
    }
    posted = table.read(ids.values())
    return [row for row in rows if ids[row.entry.entry_id] not in posted]
