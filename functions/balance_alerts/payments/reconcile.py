"""Reconciliation: what the gateway's books say, brought into the ledgers, practice by practice."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from balance_alerts.domain.attempt import Attempt, AttemptState
from balance_alerts.domain.calendar import Clock, local_date
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.looking_up import is_over, look_up_due, sweep_due
from balance_alerts.domain.practice import Practice
from balance_alerts.gateway.authorize_net import CredentialsRefusedError, GatewayError
from balance_alerts.payments.connections import Connections
from balance_alerts.payments.gateway_books import GatewayBooks, OutOfTime
from balance_alerts.payments.gateway_news import GatewayNews
from balance_alerts.payments.open_attempts import OpenAttempts
from balance_alerts.payments.reconcile_report import ReconcileReport
from balance_alerts.payments.sweep import Sweep
from balance_alerts.payments.trials import Trials
from balance_alerts.store.attempts import Attempts
from balance_alerts.store.connected_practices import ConnectedPractices
from balance_alerts.store.gateway_sweeps import GatewaySweepRecord, GatewaySweeps
from balance_alerts.store.practice_records import PracticeRecord
from balance_alerts.store.practices import Practices
from balance_alerts.store.settlements import Settlements
from balance_alerts.telemetry import failure

logger = logging.getLogger(__name__)

PRACTICES_AT_ONCE = 4
SECONDS_TO_STOP_IN = 45.0
"""One call to the gateway takes 23 seconds at most; posting what it tells is to be done as well."""

RUN_EVERY = timedelta(minutes=5)
CHECKED_EVERY = timedelta(hours=1)
BEING_REPLACED = timedelta(minutes=5)
"""A connection that was suspended just now may be about to be replaced; that is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Goes through all practices that have something to be looked up."""

    practices: Practices
    connected: ConnectedPractices
    connections: Connections
    attempts: Attempts
    news: GatewayNews
    sweeps: GatewaySweeps
    settlements: Settlements
    clock: Clock

    def run(
        self, seconds_left: Callable[[], float], *, everything: bool = False
    ) -> ReconcileReport:
        """Look up the open attempts that are due, and sweep the practices that are.

        Args:
            seconds_left: of the worker's time.
            everything: without regard to when anything was looked up last.
        """
        now = self.clock()
        open_attempts = list(self.attempts.open())
        unknown = [each.begun_at for each in open_attempts if each.state is not AttemptState.HELD]
        report = ReconcileReport(open_attempts=len(open_attempts), unknown=len(unknown))
        report.oldest_open_seconds = max(0, int((now - min(unknown, default=now)).total_seconds()))
        by_practice: defaultdict[str, list[Attempt]] = defaultdict(list)
        for attempt in sorted(open_attempts, key=lambda each: each.begun_at):
            if everything or look_up_due(attempt, now):
                by_practice[attempt.practice_id].append(attempt)
        practice_ids = sorted({*by_practice, *self.connected.all()})
        states = self.sweeps.of(practice_ids)
        records = {each.practice_id: each for each in self.practices.several(practice_ids)}
        work = [
            _PracticeRun(
                self,
                practice_id,
                record=records.get(practice_id),
                attempts=by_practice[practice_id],
                state=states[practice_id],
                now=now,
                everything=everything,
                has_time=lambda: seconds_left() > SECONDS_TO_STOP_IN,
            )
            for practice_id in practice_ids
            if practice_id in records or by_practice[practice_id]
        ]
        with ThreadPoolExecutor(PRACTICES_AT_ONCE) as pool:
            for one in pool.map(_PracticeRun.run, _in_turn(work, now)):
                report.add(one)
        return report


@dataclass(slots=True)
class _PracticeRun:
    """One practice's part of a run. Whatever happens in it disturbs no other practice."""

    whole: Reconciliation
    practice_id: str
    record: PracticeRecord | None
    attempts: list[Attempt]
    state: GatewaySweepRecord
    now: datetime
    everything: bool
    has_time: Callable[[], bool]
    report: ReconcileReport = field(default_factory=ReconcileReport)

    def run(self) -> ReconcileReport:
        practice: Practice | None = None
        trials = Trials(self.practice_id)
        try:
            if not self.has_time():
                raise OutOfTime
            if self.record is None:
                raise RuleError("unknown_practice", "There is no practice with this id.")
            practice = self.record.to_domain()
            self._run(practice, trials)
        except OutOfTime:
            self.report.complete = False
        except GatewayError as error:
            trials.note("read the gateway's books", {"code": error.code})
            if practice is not None and isinstance(error, CredentialsRefusedError):
                self.report.suspended += 1
                self.whole.connections.suspend(practice)
        except Exception as error:
            trials.note("reconcile a practice", failure(error))
        self.report.failures += trials.failures
        self.report.trouble = sorted(trials.codes)
        return self.report

    def _run(self, practice: Practice, trials: Trials) -> None:
        sweeps = self.everything or sweep_due(
            swept_on=self.state.swept_on,
            tried_at=self.state.tried_at,
            time_zone=practice.time_zone,
            now=self.now,
        )
        if practice.gateway is None:
            if self.attempts:
                trials.note("look attempts up", {"code": "not_connected_any_more"})
            return
        if not self._has_good_credentials(practice, trials) or not (self.attempts or sweeps):
            return
        merchant = self.whole.connections.merchant_of(practice)
        books = GatewayBooks(merchant, self.whole.clock, self.has_time)
        self._look_up(practice, books, trials)
        if sweeps:
            self._sweep(practice, books, trials)

    def _has_good_credentials(self, practice: Practice, trials: Trials) -> bool:
        """Whether the gateway takes the credentials; refused ones are tried again hourly."""
        assert practice.gateway is not None
        suspended_at = practice.gateway.suspended_at
        if suspended_at is None:
            return True
        checked_at = self.state.checked_at
        rested = checked_at is None or is_over(checked_at, CHECKED_EVERY, self.now)
        settled = is_over(suspended_at, BEING_REPLACED, self.now)
        if self.everything or (rested and settled):
            self.whole.sweeps.check(self.state, self.now)
            if self.whole.connections.check_suspended(practice):
                return True
        self.report.suspended += int(settled)
        if self.attempts:
            trials.note("look attempts up", {"code": "suspended"})
        return False

    def _look_up(self, practice: Practice, books: GatewayBooks, trials: Trials) -> None:
        due = [each for each in self.attempts if practice.has_books_of(each.api_login_id)]
        if len(due) < len(self.attempts):
            trials.note("look attempts up", {"code": "not_of_this_merchant_account"})
        open_attempts = OpenAttempts(
            practice=practice,
            due=due,
            books=books,
            news=self.whole.news,
            attempts=self.whole.attempts,
            clock=self.whole.clock,
            trials=trials,
        )
        try:
            open_attempts.look_up()
        finally:
            self.report.take(open_attempts.taken)
            self.report.looked_up = open_attempts.looked_up
            self.report.still_open = open_attempts.still_open

    def _sweep(self, practice: Practice, books: GatewayBooks, trials: Trials) -> None:
        self.whole.sweeps.begin(self.state, self.now)
        sweep = Sweep(
            practice=practice,
            state=self.state,
            books=books,
            news=self.whole.news,
            settlements=self.whole.settlements,
            trials=trials,
        )
        try:
            complete = sweep.run()
        finally:
            self.report.take(sweep.taken)
            self.report.settled += sweep.settled
            self.report.settled_cents += sweep.settled_cents
        if complete:
            today = local_date(books.read_at, practice.time_zone)
            self.whole.sweeps.complete(self.state, on=today, until=books.read_at)
            self.report.swept += 1


def _in_turn(work: list[_PracticeRun], now: datetime) -> list[_PracticeRun]:
    """Those with attempts to look up first: their patients wait, while a sweep has all day.

    Of others each run begins with another one: where time is short, none is always the last.
    """
    if not work:
        return work
    first = int(now.timestamp() // RUN_EVERY.total_seconds()) % len(work)
    return sorted(work[first:] + work[:first], key=lambda each: not each.attempts)
