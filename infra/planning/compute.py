"""How long functions run on AWS: processor time as measured here, and what is waited for.

Processor time is of warm runs in tests/stack on one core of an AMD EPYC (2026-11-28, others worked
on that machine), before answers of the table were taken as they come: a scan then took more than
twice as long, the rest a little longer. 1024 MB buy 0.58 of a core, and a core of AWS's arm64 is
taken to be as fast as the one measured on. Half of that or twice as much is well possible.
"""

from __future__ import annotations

from dataclasses import dataclass

from infra.planning.counted import WORK

SLOWER = 1.7
"""Seconds of processor on AWS for one measured here."""

TABLE_SECONDS = 0.006
"""One call to the table for one item or few; AWS promises single-digit milliseconds."""

BATCH_SECONDS = 0.015
"""One call for 25 items or a transaction."""

PROVIDER_SECONDS = 0.06
"""One text or email handed over."""

GATEWAY_SECONDS = 0.4
"""One call to Authorize.net that only looks something up."""

CHARGE_SECONDS = 1.5
"""One charge."""

GIGABYTES = 1.0
"""Of memory, as template.yaml has it but for imports and staff."""

IMPORT_GIGABYTES = 1.769 / 1.024
_BATCHES = {"BatchGetItem", "BatchWriteItem", "BatchExecuteStatement", "TransactWriteItems"}

CPU_SECONDS = {
    "slice of 25 by text": 0.092,
    "slice of 25 by both": 0.136,
    "slice of one by text": 0.014,
    "slice that was sent before": 0.016,
    "scan of one practice, nobody due": 0.005,
    "report on a text": 0.002,
    "report on an email": 0.002,
    "sign in": 0.006,
    "balance": 0.003,
    "activity": 0.003,
    "payment": 0.018,
    "reconciliation of one practice, nothing open": 0.006,
    "nightly sweep with one payment": 0.026,
    "import of 100 patients": 0.60,
    "import of 100 entries": 0.33,
    "import of 100 entries again": 0.20,
}
"""Measured beside the counts of tests/stack/test_counted.py."""

DUE_CPU_SECONDS = 0.213 / 4_001
"""A scan's, for each account it looks at."""

PARALLEL = {"import of 100 patients": 8}
"""What is not done one call after the other."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How much slower or faster everything that is waited for is than assumed above."""

    factor: float = 1.0

    def waited(self, name: str) -> float:
        """Seconds that a piece of work waits for the table."""
        calls = WORK[name].calls
        seconds = sum(
            number * (BATCH_SECONDS if call in _BATCHES else TABLE_SECONDS)
            for call, number in calls.items()
        )
        return self.factor * seconds / PARALLEL.get(name, 1)

    def seconds(self, name: str) -> float:
        """How long a piece of work takes, without providers and gateway."""
        return SLOWER * CPU_SECONDS[name] + self.waited(name)


USUAL = Latency()
