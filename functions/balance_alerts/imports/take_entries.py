"""Taking in lines of ledger entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.duplicate import is_online, may_be_told_twice
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.breakage import raise_if_general, refuse_broken
from balance_alerts.imports.csv_rows import EntryRow, Line
from balance_alerts.imports.duplicates import find_repeats, parked_before, parked_payment_id
from balance_alerts.imports.problems import Refusal
from balance_alerts.imports.taking import Outcome, Source, Taken, count
from balance_alerts.store.claim_levels import entry_of, stored_entry
from balance_alerts.store.entries import digest_of
from balance_alerts.store.ledger import Ledger
from balance_alerts.store.parked import ParkedItems, ParkedKind, ParkedRecord, ParkedState, new_item
from balance_alerts.store.posting import Posting, PostingOutcome

POSSIBLE_DUPLICATE = "possible_duplicate"

NumberedRow = tuple[int, EntryRow]
Rows = Mapping[str, Sequence[NumberedRow]]
Results = list[Outcome | Refusal]


class EntryTaker:
    """Posts entries, several accounts at a time; those of one account in their order."""

    def __init__(self, ledger: Ledger, parked: ParkedItems, clock: Clock) -> None:
        self._ledger = ledger
        self._parked = parked
        self._clock = clock

    def take(self, practice: Practice, lines: Sequence[Line], source: Source) -> Taken:
        """Post the entries of these lines; park payments that may be told twice."""
        refused: Results = [line.row for line in lines if isinstance(line.row, Refusal)]
        by_patient: dict[str, list[NumberedRow]] = {}
        for line in lines:
            if isinstance(line.row, EntryRow):
                by_patient.setdefault(line.row.patient_id, []).append((line.number, line.row))
        return count([*refused, *self._take(practice, by_patient, source)])

    def _take(self, practice: Practice, by_patient: Rows, source: Source) -> Results:
        """Take in some accounts. Where one breaks, halving finds it, and the others go in."""
        try:
            return self._park_or_post(practice, by_patient, source)
        except Exception as error:
            raise_if_general(error)
            patients = list(by_patient)
            if len(patients) == 1:
                lines = [line for line, _ in by_patient[patients[0]]]
                return [*refuse_broken(error, practice, patients[0], lines)]
        middle = len(patients) // 2
        return [
            result
            for half in (patients[:middle], patients[middle:])
            for result in self._take(practice, {id_: by_patient[id_] for id_ in half}, source)
        ]

    def _park_or_post(self, practice: Practice, by_patient: Rows, source: Source) -> Results:
        told = [row for some in by_patient.values() for _, row in some]
        parked = parked_before(self._parked, practice, told)
        # Online payments go first, so that the ledger alone tells what repeats them, wherever a
        # chunk ends. They come again below, in their order, and are recognised by their origin.
        self._post(practice, _online_beside_others(by_patient, parked), source)
        repeats = parked | find_repeats(practice, told)
        results: Results = []
        to_post: dict[str, list[NumberedRow]] = {}
        for patient_id, rows in by_patient.items():
            for line, row in rows:
                if (patient_id, row.entry.entry_id) in repeats:
                    results.append(self._park(practice, line, row, source))
                else:
                    to_post.setdefault(patient_id, []).append((line, row))
        return [*results, *self._post(practice, to_post, source)]

    def _post(self, practice: Practice, by_patient: Rows, source: Source) -> Results:
        if not by_patient:
            return []
        origins: dict[str, str] = {}
        for rows in by_patient.values():
            for line, row in rows:
                origins.setdefault(row.entry.entry_id, source.origin(line))
        postings = self._ledger.post_many(
            practice,
            {patient: [row.entry for _, row in rows] for patient, rows in by_patient.items()},
            origins=origins,
        )
        return [
            _result(line, posting, source)
            for patient, rows in by_patient.items()
            for (line, _), posting in zip(rows, postings[patient], strict=True)
        ]

    def _park(
        self, practice: Practice, line: int, row: EntryRow, source: Source
    ) -> Outcome | Refusal:
        entry = row.entry
        item = new_item(
            practice.practice_id,
            parked_payment_id(row),
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
        if _is_another(kept, row):
            return Refusal(
                line,
                "entry_conflict",
                "Another payment with this id was parked as a possible duplicate, and cannot be "
                "changed. Dismiss it, and record the right one under a new id.",
            )
        ours = (kept.import_id, kept.line) == (source.import_id, line)
        waiting = kept.state == ParkedState.OPEN.value
        return Outcome.PARKED if ours and waiting else Outcome.UNCHANGED


def _online_beside_others(by_patient: Rows, parked: Set[tuple[str, str]]) -> Rows:
    """The online payments, but for what is `parked`, of accounts whose others may repeat one."""
    return {
        patient_id: online
        for patient_id, rows in by_patient.items()
        if any(may_be_told_twice(row.entry) for _, row in rows)
        and (
            online := [
                (line, row)
                for line, row in rows
                if is_online(row.entry) and (patient_id, row.entry.entry_id) not in parked
            ]
        )
    }


def _is_another(item: ParkedRecord, row: EntryRow) -> bool:
    """Whether a line tells something else than what is parked under its id."""
    parked = digest_of(item.patient_id, entry_of(item.content))
    return parked != digest_of(row.patient_id, row.entry)


def _result(line: int, posting: Posting, source: Source) -> Outcome | Refusal:
    if posting.outcome is PostingOutcome.REFUSED:
        return Refusal(line, posting.code, posting.message)
    # Read again after a worker was killed: it was this very line that added the entry.
    ours = posting.origin == source.origin(line)
    added = posting.outcome is PostingOutcome.ADDED or ours
    return Outcome.ADDED if added else Outcome.UNCHANGED
