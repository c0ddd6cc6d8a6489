"""Taking in lines of patients."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from balance_alerts.domain.calendar import Clock
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.patient import PatientDetails
from balance_alerts.domain.practice import Practice
from balance_alerts.imports.breakage import refuse_broken
from balance_alerts.imports.csv_rows import Line
from balance_alerts.imports.problems import Refusal
from balance_alerts.imports.taking import Outcome, Source, Taken, count, refusal_of
from balance_alerts.store.registration import Registered, Registration

PARALLEL_PATIENTS = 8
_OUTCOMES = {
    Registered.ADDED: Outcome.ADDED,
    Registered.CHANGED: Outcome.CHANGED,
    Registered.UNCHANGED: Outcome.UNCHANGED,
}


class PatientTaker:
    """Registers patients, several at a time; lines of one patient in their order."""

    def __init__(
        self,
        registration: Registration,
        clock: Clock,
        *,
        parallel_patients: int = PARALLEL_PATIENTS,
    ) -> None:
        self._registration = registration
        self._clock = clock
        self._parallel_patients = parallel_patients

    def take(self, practice: Practice, lines: Sequence[Line], source: Source) -> Taken:
        """Register the patients of these lines."""
        by_patient: dict[str, list[tuple[int, PatientDetails]]] = {}
        refused: list[Refusal] = []
        for line in lines:
            if isinstance(line.row, PatientDetails):
                by_patient.setdefault(line.row.patient_id, []).append((line.number, line.row))
            elif isinstance(line.row, Refusal):
                refused.append(line.row)

        def register(rows: list[tuple[int, PatientDetails]]) -> list[Outcome | Refusal]:
            return [self._register(practice, number, row, source) for number, row in rows]

        with ThreadPoolExecutor(self._parallel_patients) as pool:
            results = [x for some in pool.map(register, by_patient.values()) for x in some]
        return count([*refused, *results])

    def _register(
        self, practice: Practice, line: int, details: PatientDetails, source: Source
    ) -> Outcome | Refusal:
        try:
            registered = self._registration.register(
                practice,
                details,
                recorded_by=f"import {source.import_id}",
                now=self._clock(),
                origin=source.origin(line),
            )
        except RuleError as error:
            return refusal_of(line, error)
        except Exception as error:
            [refusal] = refuse_broken(error, practice, details.patient_id, [line])
            return refusal
        return _OUTCOMES[registered]
