"""Finding payments that an import tells a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from balance_alerts.domain.duplicate import NEARBY, may_be_told_twice, repeats
from balance_alerts.domain.ledger import LedgerEntry
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.csv_rows import EntryRow
from balance_alerts.store import keys, table
from balance_alerts.store.entries import entries_between

PARALLEL_QUERIES = 8
_A_DAY = timedelta(days=1)


def find_repeats(practice: Practice, rows: Sequence[EntryRow]) -> set[tuple[str, str]]:
    """Patient and entry id of payments among `rows` that the ledger seems to hold as online ones.

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


def _online_payments(
    practice: Practice, by_patient: Mapping[str, Sequence[LedgerEntry]]
) -> dict[str, list[LedgerEntry]]:
    """What the ledgers hold around these payments, of the few accounts with online payments."""
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

    if not spans:
        return {}
    with ThreadPoolExecutor(PARALLEL_QUERIES) as pool:
        return dict(zip(spans, pool.map(read, spans), strict=True))


def _not_posted(practice: Practice, rows: Sequence[EntryRow]) -> list[EntryRow]:
    ids = {
        row.entry.entry_id: keys.entry_id(practice.practice_id, row.entry.entry_id) for row in rows
    }
    posted = table.read(ids.values())
    return [row for row in rows if ids[row.entry.entry_id] not in posted]
