"""Finding payments that an import tells a second time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from balance_alerts.domain.duplicate import NEARBY, is_online, may_be_told_twice, repeats
from balance_alerts.domain.ledger import LedgerEntry
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.csv_rows import EntryRow
from balance_alerts.store import keys, table
from balance_alerts.store.entries import entries_between

PARALLEL_QUERIES = 8
_A_DAY = timedelta(days=1)


def find_repeats(practice: Practice, rows: Sequence[EntryRow]) -> set[str]:
    """The ids of payments among `rows` that an online payment seems to have told before.

    A payment that is in the ledger already is none of them: the same file again changes nothing.
    """
    suspects = _not_posted(practice, [row for row in rows if may_be_told_twice(row.entry)])
    if not suspects:
        return set()
    in_file: dict[str, list[LedgerEntry]] = {}
    for row in rows:
        if is_online(row.entry):
            in_file.setdefault(row.patient_id, []).append(row.entry)
    by_patient: dict[str, list[LedgerEntry]] = {}
    for row in suspects:
        by_patient.setdefault(row.patient_id, []).append(row.entry)

    def repeated(patient_id: str) -> list[str]:
        payments = by_patient[patient_id]
        recorded = [payment.recorded_at for payment in payments]
        known = entries_between(
            practice.practice_id,
            patient_id,
            min(recorded) - NEARBY - _A_DAY,
            max(recorded) + NEARBY + _A_DAY,
        )
        others = [*known, *in_file.get(patient_id, ())]
        return [p.entry_id for p in payments if repeats(p, others, practice.time_zone)]

    with ThreadPoolExecutor(PARALLEL_QUERIES) as pool:
        return {entry_id for some in pool.map(repeated, by_patient) for entry_id in some}


def _not_posted(practice: Practice, rows: Sequence[EntryRow]) -> list[EntryRow]:
    ids = {
        row.entry.entry_id: keys.entry_id(practice.practice_id, row.entry.entry_id) for row in rows
    }
    posted = table.read(ids.values())
    return [row for row in rows if ids[row.entry.entry_id] not in posted]
