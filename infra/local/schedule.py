"""Firing the schedule, and knowing when everything it set off is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from infra.local.edge import Edge
from infra.local.journal import Journal, Report
from infra.local.waiting import LONGEST_SECONDS, wait_until

_SCAN = "ScanBalances"


@dataclass(frozen=True, slots=True)
class ScanCounts:
    """What one run of the schedule led to, in accounts."""

    queued: int
    sent: int
    failed: int
    skipped: int

    @classmethod
    def from_report(cls, report: Report) -> Self:
        """Read the counts off the metrics the functions printed."""
        metrics = report.metrics
        return cls(
            queued=metrics["AlertsQueued"],
            sent=metrics["AlertsSent"],
            failed=metrics["AlertsFailed"],
            skipped=metrics["AlertsSkipped"],
        )


class Schedule:
    """What EventBridge Scheduler does when deployed, whenever it is asked to.

    `invoke_scan` calls the scan and returns when it ended; `alerts_drained` tells whether the
    alert queue is empty.
    """

    def __init__(
        self,
        *,
        invoke_scan: Callable[[], Any],
        alerts_drained: Callable[[], bool],
        journal: Journal,
        edge: Edge,
    ) -> None:
        self._invoke_scan = invoke_scan
        self._alerts_drained = alerts_drained
        self._journal = journal
        self._edge = edge
        self._lock = threading.Lock()

    def run(self, *, within_seconds: float = LONGEST_SECONDS) -> ScanCounts:
        """Run the scan, wait until every alert is dealt with, and return the counts."""
        with self._lock:
            position = self._journal.position()
            handed_over = self._edge.handed_over

            def runs_ended() -> bool:
                ended = self._journal.since(position).succeeded[_SCAN]
                return ended - 1 >= self._edge.handed_over - handed_over

            self._invoke_scan()
            # In this order: a run that was handed over fills the queue until it ends.
            wait_until(runs_ended, "a run of the scan", within_seconds=within_seconds)
            wait_until(self._alerts_drained, "the alert queue", within_seconds=within_seconds)
            return ScanCounts.from_report(self._journal.since(position))
