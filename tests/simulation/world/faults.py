"""What goes wrong at a call: drawn from a seed, or as a story says."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

KILLED_BEFORE = "killed before"
KILLED_AFTER = "killed after"
LOST_BEFORE = "timed out without effect"
LOST_AFTER = "took effect and timed out"
NEVER_CONNECTED = "never connected"
THROTTLED = "throttled"
BROKEN_BEFORE = "answered 500 without effect"
BROKEN_AFTER = "took effect and answered 500"
SLOW = "took seconds"
PARTLY = "was done in part"
CONFLICT = "met another transaction"
QUOTA = "met a condition of the whole AWS account"
REFUSED = "refused the contact"

_ANYWHERE = (
    (KILLED_BEFORE, 6),
    (KILLED_AFTER, 8),
    (LOST_BEFORE, 3),
    (LOST_AFTER, 6),
    (NEVER_CONNECTED, 3),
    (THROTTLED, 4),
    (BROKEN_BEFORE, 2),
    (BROKEN_AFTER, 4),
    (SLOW, 5),
)
_MOODS: dict[str, frozenset[str]] = {
    "anything": frozenset(),
    "kills": frozenset({KILLED_BEFORE, KILLED_AFTER}),
    "slowness": frozenset({SLOW, THROTTLED}),
    "lost answers": frozenset({LOST_AFTER, BROKEN_AFTER}),
    "throttling": frozenset({THROTTLED, NEVER_CONNECTED}),
}
"""What goes wrong in one invocation: faults of one kind come together."""
_MOOD_RATE = {"kills": 2, "slowness": 4, "lost answers": 4, "throttling": 4}
_PROVIDER_RATE = 4
_MOST = 0.6
_OF_PROVIDERS = ((QUOTA, 3), (REFUSED, 2), *_ANYWHERE)
_IN_PART = frozenset(
    {"BatchGetItem", "BatchWriteItem", "BatchExecuteStatement", "SendMessageBatch", "Query"}
)
_PROVIDERS = frozenset({"Publish", "SendEmail", "Gateway"})


@dataclass
class Faults:
    """The faults of one invocation, by the number of the call they hit.

    Without a `rate` only those that are `given` happen; what happens is in `happened`. What it
    `meets` are faults that the first call of an operation has in any case.
    """

    given: dict[int, str] = field(default_factory=dict)
    rate: float = 0.0
    random: Random = field(default_factory=lambda: Random(0))
    happened: dict[int, str] = field(default_factory=dict)
    meets: dict[str, str] = field(default_factory=dict)
    _calls: int = 0
    _mood: str = ""

    def next(self, operation: str) -> str | None:
        """What goes wrong at the next call."""
        number, self._calls = self._calls, self._calls + 1
        fault = self.given.get(number)
        if self.rate and self.random.random() < self._rate(operation):
            fault = self._drawn(operation)
        fault = self.meets.pop(operation, fault)
        if fault is not None:
            self.happened[number] = fault
        return fault

    def _rate(self, operation: str) -> float:
        if not self._mood:
            self._mood = self.random.choices(tuple(_MOODS), (5, 3, 1, 1, 1))[0]
        rate = self.rate if self._mood == "anything" else _MOOD_RATE[self._mood] * self.rate
        return min(_MOST, rate * (_PROVIDER_RATE if operation in _PROVIDERS else 1))

    def _drawn(self, operation: str) -> str:
        kinds = _OF_PROVIDERS if operation in _PROVIDERS else _ANYWHERE
        if operation in _IN_PART:
            kinds = ((PARTLY, 8), *kinds)
        if operation == "TransactWriteItems":
            kinds = ((CONFLICT, 8), *kinds)
        wanted = _MOODS[self._mood]
        names, weights = zip(
            *((kind, weight) for kind, weight in kinds if not wanted or kind in wanted), strict=True
        )
        drawn: str = self.random.choices(names, weights)[0]
        return drawn
