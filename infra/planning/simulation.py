"""A day of the schedule, the queue and the senders, event by event.

What template.yaml and the code say is taken from them: a scan every 15 minutes that hands 200
practices to each further worker; slices of 25; messages that expire after half an hour; two slices
a run; rates divided by the workers; ten seconds from reading an account to its message. A slice is
followed as a whole: its accounts are sent in order, and those that time did not suffice for are due
again at the next scan. Time is seconds since midnight, Eastern.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter, deque
from dataclasses import dataclass, field, replace

from balance_alerts.alerts.courier import MESSAGES_AT_ONCE
from balance_alerts.alerts.scan import PRACTICES_A_WORKER, PRACTICES_AT_ONCE, SCAN_EVERY
from balance_alerts.alerts.still_due import A_DECISION_LASTS
from balance_alerts.queues.alert_queue import MESSAGES_A_CALL, SLICE_SIZE
from infra.planning import compute
from infra.planning.compute import Latency
from infra.planning.customers import HABITS
from infra.planning.population import HOUR, SEED, DayKind, PlannedPractice, monday, practices

MESSAGES_A_RUN = 2
EXPIRES_AFTER = 1_800.0
COLD_START = 1.0
NOISE = 0.25
"""Spread of what calls take: the standard deviation of the logarithm."""

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What an operator chooses and AWS allows, and the day."""

    texts_per_second: float = 100
    emails_per_second: float = 100
    workers: int = 12
    day: DayKind = monday
    latency: Latency = compute.USUAL

    def but(self, **changes: object) -> Setting:
        """The same with something else."""
        return replace(self, **changes)  # type: ignore[arg-type]  # of these fields


@dataclass(slots=True)
class Day:
    """What came of a day."""

    due: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    """Alerts, by zone."""
    last_at: dict[str, float] = field(default_factory=dict)
    """When the last alert of a zone went out."""
    longest_wait: dict[str, float] = field(default_factory=dict)
    """From the opening of a practice's window to its last alert, by zone."""
    sent_by_minute: Counter[tuple[str, int]] = field(default_factory=Counter)
    slices_by_minute: Counter[int] = field(default_factory=Counter)
    waiting: dict[float, int] = field(default_factory=dict)
    """Messages in the queue at each scan, before it adds to them."""
    in_vain: int = 0
    """Slices that a worker took and found sent before."""
    expired: int = 0
    not_in_time: int = 0
    """Alerts claimed whose message could not go out within the ten seconds."""
    longest_scan: float = 0.0
    largest_by_minute: Counter[int] = field(default_factory=Counter)
    """Alerts of the largest practice."""

    @property
    def left(self) -> int:
        """Who was due and is not alerted by the end of the day."""
        return self.due - sum(self.sent.values())

    @property
    def most_alerts_a_second(self) -> float:
        minutes = Counter[int]()
        for (_, minute), number in self.sent_by_minute.items():
            minutes[minute] += number
        return max(minutes.values(), default=0) / MINUTE

    @property
    def most_slices_a_second(self) -> float:
        return max(self.slices_by_minute.values(), default=0) / MINUTE


@dataclass(slots=True)
class _Slice:
    """Up to 25 accounts of a practice: how many are still due."""

    practice: PlannedPractice
    left: int


@dataclass(slots=True)
class _Run:
    """A simulation under way. Events are a time, a number that orders ties, and what to do."""

    setting: Setting
    random: random.Random
    day: Day = field(default_factory=Day)
    planned: list[PlannedPractice] = field(default_factory=list)
    """The largest first."""
    slices: list[list[_Slice]] = field(default_factory=list)
    """By practice, those with anybody left."""
    queues: dict[int, deque[tuple[float, _Slice]]] = field(default_factory=dict)
    turn: deque[int] = field(default_factory=deque)
    """Practices with messages, in turn: fair queueing by message group."""
    waiting: int = 0
    idle: int = 0
    events: list[tuple[float, int, int]] = field(default_factory=list)
    """Negative: a worker is free. Else: the messages of that practice arrive."""
    number: int = 0

    def at(self, time: float, what: int) -> None:
        self.number += 1
        heapq.heappush(self.events, (time, self.number, what))

    def scan(self, now: float) -> None:
        """Queue what is due in every practice that is open, each worker at its own pace."""
        self.day.waiting[now] = self.waiting
        open_now = [
            number
            for number, practice in enumerate(self.planned)
            if self.slices[number] and practice.opens <= now < practice.closes
        ]
        seconds = self.setting.latency.factor * compute.TABLE_SECONDS
        found = now + 0.5 + len(self.planned) / 3_000 * 5 * seconds  # pages of the index
        for start in range(0, len(open_now), PRACTICES_A_WORKER):
            began = found + (COLD_START + start / PRACTICES_A_WORKER * 2 * seconds if start else 0)
            done = began
            for number in open_now[start : start + PRACTICES_A_WORKER]:
                due = [each for each in self.slices[number] if each.left]
                self.slices[number] = due
                cpu = compute.SLOWER * sum(each.left for each in due) * compute.DUE_CPU_SECONDS
                calls = 1 + math.ceil(len(due) / MESSAGES_A_CALL)
                done += max(cpu, calls * seconds / PRACTICES_AT_ONCE)
                if due:
                    self.at(done, number)
            self.day.longest_scan = max(self.day.longest_scan, done - now)

    def arrive(self, now: float, number: int) -> None:
        queue = self.queues.setdefault(number, deque())
        had_its_turn = bool(queue)
        due = [(now, each) for each in self.slices[number] if each.left]
        queue.extend(due)
        self.waiting += len(due)
        if due and not had_its_turn:
            self.turn.append(number)
        while self.idle and self.waiting:
            self.idle -= 1
            self.work(now)

    def take(self, now: float) -> _Slice | None:
        """The next message, of the practice whose turn it is; expired ones are gone."""
        while self.turn:
            number = self.turn.popleft()
            queue = self.queues[number]
            queued_at, each = queue.popleft()
            self.waiting -= 1
            if queue:
                self.turn.append(number)
            if now - queued_at <= EXPIRES_AFTER:
                return each
            self.day.expired += 1
        return None

    def work(self, now: float) -> None:
        """One run of a worker: two slices, one after the other."""
        done, began = now, False
        for _ in range(MESSAGES_A_RUN):
            each = self.take(done)
            if each is None:
                break
            began = True
            done = self.send(done, each)
        if began:
            self.at(done, -1)
        else:
            self.idle += 1

    def send(self, now: float, each: _Slice) -> float:
        """Send what is left of a slice; when that is done."""
        noise = self.random.lognormvariate(0, NOISE)
        latency, setting = self.setting.latency, self.setting
        if not each.left or now >= each.practice.closes:
            self.day.in_vain += not each.left
            return now + noise * latency.seconds("slice that was sent before")
        cpu = compute.CPU_SECONDS
        an_alert = (cpu["slice of 25 by text"] - cpu["slice of one by text"]) / 24
        own = cpu["slice of one by text"] + an_alert * (each.left - 1)
        fixed = compute.SLOWER * own + noise * latency.waited("slice of 25 by text")
        at_once = MESSAGES_AT_ONCE / (compute.PROVIDER_SECONDS * latency.factor)
        texts = min(setting.texts_per_second / setting.workers, at_once)
        emails = min(setting.emails_per_second / setting.workers, at_once)
        seconds_an_alert = max(HABITS.texts_an_alert / texts, HABITS.emails_an_alert / emails)
        in_time = math.floor(A_DECISION_LASTS.total_seconds() / seconds_an_alert)
        sent = min(each.left, in_time)
        late = each.left - sent
        self.day.not_in_time += late
        done = now + fixed + sent * seconds_an_alert
        done += late * 2 * compute.TABLE_SECONDS * latency.factor
        each.left = late
        self.note(done, each.practice, sent)
        return done

    def note(self, done: float, practice: PlannedPractice, sent: int) -> None:
        minute = int(done // MINUTE)
        self.day.sent[practice.zone] += sent
        self.day.last_at[practice.zone] = max(done, self.day.last_at.get(practice.zone, 0))
        waited = max(done - practice.opens, self.day.longest_wait.get(practice.zone, 0))
        self.day.longest_wait[practice.zone] = waited
        self.day.sent_by_minute[practice.zone, minute] += sent
        self.day.slices_by_minute[minute] += 1
        if practice is self.planned[0]:
            self.day.largest_by_minute[minute] += sent


def simulate(setting: Setting) -> Day:
    """One day under a setting; the same each time."""
    draw = random.Random(SEED)
    run = _Run(setting, draw, idle=setting.workers)
    largest_first = sorted(practices(), key=lambda each: -each.accounts)
    for practice in largest_first:
        mean = setting.day(practice)
        due = max(0, round(draw.gauss(mean, math.sqrt(mean))))
        run.day.due += due
        sizes = [SLICE_SIZE] * (due // SLICE_SIZE) + [due % SLICE_SIZE]
        run.planned.append(practice)
        run.slices.append([_Slice(practice, size) for size in sizes if size])
    every = SCAN_EVERY.total_seconds()
    scans = deque(range(8 * 4, 26 * 4))
    while scans or run.events:
        if scans and (not run.events or scans[0] * every <= run.events[0][0]):
            run.scan(scans.popleft() * every)
            continue
        now, _, what = heapq.heappop(run.events)
        if what >= 0:
            run.arrive(now, what)
        elif now < 26 * HOUR:
            run.idle += 1
            if run.waiting:
                run.idle -= 1
                run.work(now)
    return run.day
