"""Taking in lines of ledger entries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.csv_rows import EntryRow, Line
from balance_alerts.imports.duplicates import find_repeats
from balance_alerts.imports.problems import Refusal
from balance_alerts.imports.taking import Outcome, Source, Taken, count
from balance_alerts.store.claim_levels import stored_entry
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.parked import ParkedItems, ParkedKind, ParkedState, new_item
from balance_alerts.store.posting import Posting, PostingOutcome

POSSIBLE_DUPLICATE = "possible_duplicate"

Rows = Mapping[str, Sequence[tuple[int, EntryRow]]]


class EntryTaker:
    """Posts entries, several accounts at a time; those of one account in their order."""

    def __init__(self, ledger: Ledger, parked: ParkedItems, clock: Clock) -> None:
        self._ledger = ledger
        self._parked = parked
        self._clock = clock

    def take(self, practice: Practice, lines: Sequence[Line], source: Source) -> Taken:
        """Post the entries of these lines; park payments that may be told twice."""
        rows = [(line.number, line.row) for line in lines if isinstance(line.row, EntryRow)]
        results: list[Outcome | Refusal] = [
            line.row for line in lines if isinstance(line.row, Refusal)
        ]
        repeats = find_repeats(practice, [row for _, row in rows])
        by_patient: dict[str, list[tuple[int, EntryRow]]] = {}
        for number, row in rows:
            if row.entry.entry_id in repeats:
                results.append(self._park(practice, number, row, source))
            else:
                by_patient.setdefault(row.patient_id, []).append((number, row))
        results.extend(self._post(practice, by_patient, source))
        return count(results)

    def _post(
        self, practice: Practice, by_patient: Rows, source: Source
    ) -> list[Outcome | Refusal]:
        if not by_patient:
            return []
        postings = self._ledger.post_many(
            practice,
            {patient: [row.entry for _, row in rows] for patient, rows in by_patient.items()},
            origins={
                row.entry.entry_id: source.origin(number)
                for rows in by_patient.values()
                for number, row in rows
            },
        )
        return [
            _result(number, posting, source)
            for patient, rows in by_patient.items()
            for (number, _), posting in zip(rows, postings[patient], strict=True)
        ]

    def _park(self, practice: Practice, line: int, row: EntryRow, source: Source) -> Outcome:
        entry = row.entry
        item = new_item(
            practice.practice_id,
            parked_payment_id(entry.entry_id),
            kind=ParkedKind.PAYMENT,
            reason=POSSIBLE_DUPLICATE,
            patient_id=row.patient_id,
            case_id=entry.case_id,
            amount_cents=entry.amount_cents,
            origin=(source.import_id, line),
            content=stored_entry(entry),
            now=self._clock(),
        )
        kept = self._parked.park(item)
        ours = kept.import_id == source.import_id
        waiting = kept.state == ParkedState.OPEN.value
        return Outcome.PARKED if ours and waiting else Outcome.UNCHANGED


def parked_payment_id(entry_id: str) -> str:
    """The id of a parked payment: the same however often its line comes."""
    return f"payment-{hashlib.sha256(entry_id.encode()).hexdigest()[:32]}"


def _result(line: int, posting: Posting, source: Source) -> Outcome | Refusal:
    if posting.outcome is PostingOutcome.REFUSED:
        return Refusal(line, posting.code, posting.message)
    # Read again after a worker was killed: it was this very line that added the entry.
    ours = posting.origin == source.origin(line)
    added = posting.outcome is PostingOutcome.ADDED or ours
    return Outcome.ADDED if added else Outcome.UNCHANGED
