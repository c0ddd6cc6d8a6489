"""The scan: finds the accounts that are due and queues them for the sender.

Being due is state, not an event. A scan that is killed half way loses nothing, since the next one
finds what is still due; the next scan is also what tries again whatever could not be sent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from heapq import nsmallest

from balance_alerts.alerts.troubles import Troubles
from balance_alerts.domain.account import Account
from balance_alerts.domain.calendar import Clock, local_date, weekday_of, zone
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.decide import Reason, decide, earliest_alert_on
from balance_alerts.domain.practice import Practice
from balance_alerts.queues.alert_queue import AlertQueue, slices_of
from balance_alerts.store import channel_stops, keys, table
from balance_alerts.store.accounts import Accounts
from balance_alerts.store.due_accounts import account_of, due_items
from balance_alerts.store.pilot_accounts import pilot_accounts
from balance_alerts.store.practice_records import PracticeRecord
from balance_alerts.store.practices import Practices
from balance_alerts.telemetry import failure

PRACTICES_A_WORKER = 200
PRACTICES_AT_ONCE = 8
SECONDS_TO_STOP_IN = 10.0
MOST_DROPPED = 1_000
"""Accounts of one practice dropped from the index in one scan; the next one drops more."""
SCAN_EVERY = timedelta(minutes=15)

HandOver = Callable[[Sequence[str]], None]
"""Starts another worker on some practices, by their ids."""


@dataclass(slots=True)
class ScanReport:
    """What a scan did. `complete` is false where time ran out; the next scan goes on.

    `sending` counts the practices that are switched on and not paused, `due` the accounts that are
    due, more than were `queued` where a daily limit keeps some for later. `troubles` counts what
    broke (a practice, an account); the others are scanned all the same.
    `all_paused` is true where the operator's brake was on, and so nothing was even looked at.
    """

    sending: int = 0
    practices: int = 0
    looked_at: int = 0
    due: int = 0
    queued: int = 0
    windows_closed: int = 0
    handed_over: int = 0
    troubles: int = 0
    complete: bool = True
    all_paused: bool = False

    def add(self, other: ScanReport) -> None:
        """Count another report in."""
        self.practices += other.practices
        self.looked_at += other.looked_at
        self.due += other.due
        self.queued += other.queued
        self.windows_closed += other.windows_closed
        self.troubles += other.troubles
        self.complete = self.complete and other.complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Queues what is due. `practices_a_worker` is how many practices one worker takes itself."""

    practices: Practices
    accounts: Accounts
    queue: AlertQueue
    hand_over: HandOver
    clock: Clock
    practices_a_worker: int = PRACTICES_A_WORKER

    def run(self, seconds_left: Callable[[], float]) -> ScanReport:
        """Scan every practice whose alerts may go out now.

        Beyond one worker's load the rest is handed to further workers, one level deep.
        """
        now = self.clock()
        all_paused, resting = _conditions(now)
        if all_paused:
            return ScanReport(all_paused=True)
        troubles = Troubles()
        sending = list(self.practices.sending())
        open_now = _rotated(self._open(sending, now, troubles), now)
        own, others = open_now[: self.practices_a_worker], open_now[self.practices_a_worker :]
        report = ScanReport(sending=len(sending))
        for start in range(0, len(others), self.practices_a_worker):
            ids = [one.practice_id for one in others[start : start + self.practices_a_worker]]
            # Those that cannot be handed over are found again by the next scan.
            troubles.trying("hand practices over", partial(self.hand_over, ids))
            report.handed_over += len(ids)
        report.add(self._scan(own, now, seconds_left, resting))
        report.troubles += troubles.count
        return report

    def run_handed_over(
        self, practice_ids: Sequence[str], seconds_left: Callable[[], float]
    ) -> ScanReport:
        """Scan these practices, which another worker found open."""
        now = self.clock()
        all_paused, resting = _conditions(now)
        if all_paused:
            return ScanReport(all_paused=True)
        troubles = Troubles()
        open_now = self._open(self.practices.several(practice_ids), now, troubles)
        report = self._scan(open_now, now, seconds_left, resting)
        report.troubles += troubles.count
        return report

    def _open(
        self, records: Iterable[PracticeRecord], now: datetime, troubles: Troubles
    ) -> list[Practice]:
        """The practices that may send now; one that cannot be read keeps no other back."""
        read = [
            troubles.trying("read a practice", record.to_domain, practice_id=record.practice_id)
            for record in records
        ]
        return [practice for practice in read if practice is not None and may_send(practice, now)]

    def _scan(
        self,
        practices: Sequence[Practice],
        now: datetime,
        seconds_left: Callable[[], float],
        resting: Set[Channel],
    ) -> ScanReport:
        report = ScanReport()
        with ThreadPoolExecutor(PRACTICES_AT_ONCE) as pool:
            scans = (_PracticeScan(self, each, now, seconds_left, resting) for each in practices)
            for one in pool.map(_PracticeScan.run, scans):
                report.add(one)
        return report


@dataclass(slots=True)
class _PracticeScan:
    """The scan of one practice."""

    scan: Scan
    practice: Practice
    now: datetime
    seconds_left: Callable[[], float]
    resting: Set[Channel]
    report: ScanReport = field(default_factory=lambda: ScanReport(practices=1))
    closed: list[Account] = field(default_factory=list)
    troubles: Troubles = field(default_factory=Troubles)

    def run(self) -> ScanReport:
        practice_id = self.practice.practice_id
        self.troubles.trying("scan a practice", self._queue_due, practice_id=practice_id)
        self._drop_closed_windows()
        self.report.troubles = self.troubles.count
        return self.report

    def _queue_due(self) -> None:
        due: Iterable[Account] = self._due()
        if self.practice.alerts.daily_limit is not None:
            due = self._within_daily_limit(due)
        patient_ids = (account.patient_id for account in due)
        self.report.queued = self.scan.queue.put(slices_of(self.practice.practice_id, patient_ids))

    def _due(self) -> Iterator[Account]:
        """The due accounts, one by one as the index gives them, until time runs out."""
        period = self.practice.alerts.frequency.period
        assert period is not None, "a practice that sends has a period"
        if self.practice.alerts.pilot_contacts is not None:
            yield from self._due_in_pilot()
            return
        latest_today = max(local_date(self.now, name) for name in self.practice.time_zones)
        items = due_items(self.practice.practice_id, alerted_up_to=latest_today - period)
        for item in items:
            if self.seconds_left() < SECONDS_TO_STOP_IN:
                self.report.complete = False
                return
            self.report.looked_at += 1
            try:
                account = account_of(item)
                decision = decide(account, self.practice, self.now)
            except Exception as error:
                # One account that cannot be read keeps no other from being reminded.
                patient_id = item["patient_id"]["S"]
                self.troubles.note("read an account", patient_id=patient_id, **failure(error))
                continue
            if decision.due:
                self.report.due += 1
                yield account
            elif decision.reason is Reason.WINDOW_CLOSED and len(self.closed) < MOST_DROPPED:
                self.closed.append(account)

    def _due_in_pilot(self) -> Iterator[Account]:
        """The due accounts of the contacts tried out on, so that no others crowd them out."""
        for account in pilot_accounts(self.practice):
            self.report.looked_at += 1
            if decide(account, self.practice, self.now).due:
                self.report.due += 1
                yield account

    def _drop_closed_windows(self) -> None:
        """Take accounts out of the index whose window is over, after what is due is queued."""
        for account in self.closed:
            if self.seconds_left() < SECONDS_TO_STOP_IN:
                return
            drop = partial(self.scan.accounts.see_window_closed, account)
            self.troubles.trying("drop a closed window", drop, patient_id=account.patient_id)
            self.report.windows_closed += 1

    def _within_daily_limit(self, due: Iterable[Account]) -> list[Account]:
        """As many as may go out by now, those waiting longest first (Rule 9).

        Whom only a channel that rests would reach waits behind the others: nothing goes out to
        them, and so they would keep places that nobody gets.
        """
        today = local_date(self.now, self.practice.time_zone)
        sent = self.scan.practices.alerts_sent(self.practice.practice_id, today)
        allowed = max(0, allowed_by(self.practice, self.now) - sent)
        return nsmallest(allowed, due, key=self._turn)

    def _turn(self, account: Account) -> tuple[bool, date]:
        assert account.window is not None, "an account without a window is not due"
        rests = set(account.active_channels) <= self.resting
        return rests, earliest_alert_on(account, self.practice, account.window)


def _conditions(now: datetime) -> tuple[bool, Set[Channel]]:
    """What holds for every practice: whether the operator's brake is on, and channels that rest."""
    found = table.read([keys.brake(), *channel_stops.KEYS])
    resting = {stop.channel for stop in channel_stops.stops_in(found, now)}
    return keys.brake() in found, resting


def _rotated(practices: list[Practice], now: datetime) -> list[Practice]:
    """Begin with another practice at each scan: where time is short, none is always the last."""
    if not practices:
        return practices
    first = int(now.timestamp() // SCAN_EVERY.total_seconds()) % len(practices)
    return practices[first:] + practices[:first]


def may_send(practice: Practice, now: datetime) -> bool:
    """Whether the send window is open in any zone that the practice's accounts live in."""
    return any(
        weekday_of(local_now.date()) in practice.alerts.send_days
        and practice.alerts.send_window.contains(local_now.time())
        for local_now in (now.astimezone(zone(name)) for name in practice.time_zones)
    )


def allowed_by(practice: Practice, now: datetime) -> int:
    """How many alerts of the daily limit may be out by the next scan.

    The limit is spread evenly over the window, so that a practice's phone does not ring for all
    of them at once.
    """
    limit = practice.alerts.daily_limit
    assert limit is not None
    next_scan = (now + SCAN_EVERY).astimezone(zone(practice.time_zone))
    if next_scan.date() != local_date(now, practice.time_zone):
        return limit
    return math.ceil(limit * practice.alerts.send_window.elapsed_share(next_scan.time()))
