"""What a run of the reconciliation did, added up over practices."""

from __future__ import annotations

from dataclasses import dataclass, field

from balance_alerts.payments.taking_in import Taken


@dataclass(slots=True)
class ReconcileReport:
    """What a run did, in numbers.

    Of the `open_attempts` those that wait for nobody's review are `unknown`, the oldest of them
    since `oldest_open_seconds`.
    Of the attempts that were `looked_up`, `not_charged` ended without a payment, and `still_open`
    are what they were or wait for a review; the others were posted. `failures` counts what could
    not be looked up or taken in, `trouble` says why, in stable codes. `suspended` counts the
    practices whose credentials the gateway refuses. `settled` payments were seen to have come in,
    `settled_cents` in sum: of a single one an amount, so it is for no log. `complete` is false
    where time ran out; the next run goes on.
    """

    open_attempts: int = 0
    unknown: int = 0
    oldest_open_seconds: int = 0
    looked_up: int = 0
    not_charged: int = 0
    still_open: int = 0
    payments: int = 0
    returns: int = 0
    orphans: int = 0
    swept: int = 0
    settled: int = 0
    settled_cents: int = 0
    failures: int = 0
    suspended: int = 0
    trouble: list[str] = field(default_factory=list)
    complete: bool = True

    def take(self, taken: Taken) -> None:
        """Count in what came into ledgers and onto staff's list."""
        self.payments += taken.payments
        self.returns += taken.returns
        self.orphans += taken.orphans
        self.not_charged += taken.not_charged

    def add(self, other: ReconcileReport) -> None:
        """Count one practice's report in."""
        self.take(Taken(other.payments, other.returns, other.orphans, other.not_charged))
        self.looked_up += other.looked_up
        self.still_open += other.still_open
        self.swept += other.swept
        self.settled += other.settled
        self.settled_cents += other.settled_cents
        self.failures += other.failures
        self.suspended += other.suspended
        self.trouble = sorted({*self.trouble, *other.trouble})
        self.complete = self.complete and other.complete
