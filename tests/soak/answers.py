"""What clients had an answer for, to be found again in the end, and how often they had one."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from infra.local.provider_reports import ReportType

Subject = tuple[str, ...]
"""What has a value that staff change: a patient's hold, a practice's setting."""


@dataclass(frozen=True)
class Paid:
    """One answer to a click on the button to pay."""

    practice_id: str
    patient_id: str
    key: str
    cents: int
    status: int
    code: str | None
    payment_id: str | None


@dataclass(frozen=True)
class Reported:
    """A report that AWS took; `reference` is what the report of its message is found by."""

    channel: str
    reference: str
    kind: ReportType
    at: float


@dataclass
class Answers:
    """Every answered write. Safe to share between threads, of which each adds and none reads."""

    patients: set[tuple[str, str]] = field(default_factory=set)
    entries: dict[tuple[str, str], tuple[str, str, int]] = field(default_factory=dict)
    """By practice and entry: patient, kind, cents."""
    clicks: list[Paid] = field(default_factory=list)
    alerts: list[tuple[str, str, str]] = field(default_factory=list)
    """Those sent by click: practice, patient, alert."""
    questions: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    """What signing in returned to patients and staff."""
    imports: dict[tuple[str, str], int] = field(default_factory=dict)
    """Lines, by practice and import."""
    reports: list[Reported] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    """Numbers of which a STOP was taken, and nothing later that asks for texts again."""


class LastTold:
    """What a value may be, after changes of which some were not answered."""

    def __init__(self) -> None:
        self._possible: dict[Subject, set[Any]] = {}
        self._lock = threading.Lock()

    def answered(self, subject: Subject, value: Any) -> None:
        """The value is this one now; whoever changes it comes one after the other."""
        with self._lock:
            self._possible[subject] = {value}

    def unanswered(self, subject: Subject, value: Any) -> None:
        """The value may be this one, or still what it was."""
        with self._lock:
            if subject in self._possible:
                self._possible[subject].add(value)

    def possible(self) -> dict[Subject, set[Any]]:
        """Each value that is known, and what it may be."""
        with self._lock:
            return {subject: set(values) for subject, values in self._possible.items()}


class Tally:
    """How often each kind of thing was done, and how it was answered."""

    OUTCOMES = ("done", "refused", "unanswered")

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._refusals: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, kind: str, outcome: str, code: str | None = None) -> None:
        """One more; `code` is why it was refused."""
        with self._lock:
            self._counts[kind][outcome] += 1
            if code:
                self._refusals[code] += 1

    def refusals(self) -> list[tuple[str, int]]:
        """The codes of what was refused, the most frequent first."""
        with self._lock:
            return self._refusals.most_common()

    def counts(self) -> dict[str, Counter[str]]:
        """By kind, in order of their names."""
        with self._lock:
            return {kind: Counter(self._counts[kind]) for kind in sorted(self._counts)}

    def total(self, outcome: str) -> int:
        """Over all kinds."""
        return sum(counts[outcome] for counts in self.counts().values())
