"""What taking in some lines of a file comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from balance_alerts.domain.errors import RuleError
from balance_alerts.imports.problems import Refusal
from balance_alerts.store.imports import Counts


class Outcome(StrEnum):
    """What became of one line."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Source:
    """Which import lines come from. Entries keep it, so that a line read again is recognised."""

    import_id: str

    def origin(self, line: int) -> str:
        """A line of the import."""
        return f"{self.import_id}:{line}"


@dataclass(frozen=True, slots=True)
class Taken:
    """Some lines, counted, and those refused."""

    counts: Counts
    refusals: tuple[Refusal, ...]


def count(results: Iterable[Outcome | Refusal]) -> Taken:
    """Count what became of lines."""
    outcomes: Counter[Outcome] = Counter()
    refusals: list[Refusal] = []
    for result in results:
        if isinstance(result, Refusal):
            refusals.append(result)
        else:
            outcomes[result] += 1
    counts = Counts(
        added=outcomes[Outcome.ADDED],
        changed=outcomes[Outcome.CHANGED],
        unchanged=outcomes[Outcome.UNCHANGED],
        parked=outcomes[Outcome.PARKED],
        refused=len(refusals),
    )
    return Taken(counts, tuple(refusals))


def refusal_of(line: int, error: RuleError) -> Refusal:
    """A line that a rule refused."""
    return Refusal(line, error.code, error.message)
