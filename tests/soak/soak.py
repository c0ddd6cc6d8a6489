"""One soak: a stack is set up, loaded, restarted twice, brought to rest, and looked at."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import Random

from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from infra.local.waiting import StackError, is_drained, wait_until
from tests.soak.actors import files, machinery, patients, staff
from tests.soak.actors.providers import Providers
from tests.soak.ending import bring_to_rest
from tests.soak.memory import Memory
from tests.soak.passing_time import next_stop
from tests.soak.report import progress, tell
from tests.soak.secrecy import Logs
from tests.soak.world import FREQUENCY, Soak

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
PATIENTS_A_PRACTICE = 40
A_STRETCH = 7.0
"""Seconds of load between two jumps of the clock."""
A_JUMP = 5.0
"""Seconds until nobody is in the middle of something any more, and all queues are empty."""
DRAINED_WITHIN = 20.0
SETTLED_WITHIN = 120.0
HANG_SECONDS = 0.5
SIGNED_IN_FOR = 1_200.0
MOST_A_MINUTE = 5
"""How many of the things that broke in a minute are told of at once; all are in the end."""
QUEUES = ("AlertQueueUrl", "ImportQueueUrl", "DeliveryEventQueueUrl")

Act = Callable[[Soak, Random], None]


@dataclass(frozen=True)
class Asked:
    """How long, with which seed, and how often AWS goes away in between."""

    seconds: float
    seed: int = 1
    restarts: int = 2


def run(asked: Asked) -> int:
    """Soak, print what came of it, and return the exit status."""
    server = LocalServer(port=0)
    with LocalStack(public_url=server.url, hang_seconds=HANG_SECONDS, keeps_state=True) as stack:
        server.serve_stack(stack)
        try:
            return _Run(asked, Soak(stack=stack, server=server)).run()
        finally:
            server.stop()


class _Run:
    def __init__(self, asked: Asked, soak: Soak) -> None:
        self.asked = asked
        self.soak = soak
        self.random = Random(asked.seed)
        self.providers = Providers(soak)
        self.memory = Memory(lambda: soak.stack.process_group)
        self.logs = Logs(soak.stack)
        self.threads: list[threading.Thread] = []
        self.told_of = 0

    def run(self) -> int:
        soak = self.soak
        self.set_up()
        self.memory.start()
        self.begin()
        try:
            self.direct()
        finally:
            soak.stopping.set()
            for thread in self.threads:
                thread.join(SETTLED_WITHIN)
            self.memory.stop()
        progress("the load has ended; everything is brought to rest")
        bring_to_rest(soak, self.providers, self.logs, self.random)
        return tell(self.asked.seconds, soak, self.memory, self.logs)

    def set_up(self) -> None:
        """Make practices, with patients from files, who owe since yesterday."""
        soak = self.soak
        stack = soak.stack
        stack.clock.set(START)
        stack.edge.on_swallowed = self.providers.swallowed
        for office in soak.cast.offices:
            stack.create_practice(
                practice_id=office.practice_id,
                display_name=f"{office.practice_id.title()} Physical Therapy",
                phone="202-555-0100",
                time_zone=office.zone,
                frequency=FREQUENCY,
                daily_limit=office.daily_limit,
            )
            stack.connect_to_gateway(office.practice_id)
        soak.sign_staff_in()
        for office in soak.cast.offices:
            people = [soak.cast.new_person(office, self.random) for _ in range(PATIENTS_A_PRACTICE)]
            files.upload_patients(soak, office, people)
            for person in people:
                soak.cast.registered(office, person)
        stack.wait_drained("ImportQueueUrl")
        for _ in soak.cast.offices:
            files.upload_entries(soak, self.random)
        stack.wait_drained("ImportQueueUrl")
        progress(f"{len(soak.cast.people)} patients of {len(soak.cast.offices)} practices")

    def begin(self) -> None:
        """Let everybody act."""
        loops: list[tuple[Act, float]] = [
            *[(patients.visit, 0.05)] * 3,
            *[(staff.work, 0.05)] * 3,
            (files.upload_entries, 4.0),
            (machinery.scan, 1.0),
            (partial(machinery.reconcile, everything=False), 5.0),
            (machinery.be_moody, 6.0),
            (machinery.at_the_gateway, 2.0),
            (lambda _, random: self.providers.report(random), 0.3),
        ]
        for number, (act, pause) in enumerate(loops):
            random = Random(f"{self.asked.seed} {number}")
            thread = threading.Thread(target=self.loop, args=(act, random, pause), daemon=True)
            self.threads.append(thread)
            thread.start()

    def loop(self, act: Act, random: Random, pause: float) -> None:
        """Act again and again."""
        soak = self.soak
        while not soak.stopping.wait(pause * random.uniform(0.5, 1.5)):
            soak.act(partial(act, soak, random))

    def direct(self) -> None:
        """Step the clock, take AWS away, and tell each minute how far it is."""
        soak, seconds = self.soak, self.asked.seconds
        began = signed_in = time.monotonic()
        told = 0
        outages = [
            seconds * (n + 1) / (self.asked.restarts + 1) for n in range(self.asked.restarts)
        ]
        while (passed := time.monotonic() - began) < seconds:
            if outages and passed >= outages[0]:
                outages.pop(0)
                self.restart()
            if passed >= 60 * (told + 1):
                told = int(passed // 60)
                self.look(told)
            if time.monotonic() - signed_in > SIGNED_IN_FOR:
                signed_in = time.monotonic()
                soak.ask_aws("signed staff in", soak.sign_staff_in)
            soak.stopping.wait(A_STRETCH)
            self.step_clock()

    def restart(self) -> None:
        """Take all of AWS away under load, and give it back."""
        down = self.random.uniform(1.0, 4.0)
        began = time.monotonic()
        with self.soak.outages.one():
            self.soak.stack.restart_emulator(down_seconds=down)
        progress(f"AWS was away for {time.monotonic() - began:.1f} s")

    def look(self, minute: int) -> None:
        """Read the logs, and tell how far it is."""
        soak = self.soak
        soak.ask_aws("logs read", self.logs.read)
        workers = [life.samples[-1][1] for life in self.memory.workers() if life.samples]
        progress(
            f"minute {minute}: {soak.stack.now():%Y-%m-%d}, {soak.tally.total('done')} done, "
            f"{soak.tally.total('refused')} refused, {soak.tally.total('unanswered')} unanswered, "
            f"{len(soak.stack.outbox.messages())} messages, largest worker "
            f"{max(workers, default=0) / 1024:.0f} MiB, {len(soak.broken)} broken"
        )
        for each in soak.broken[self.told_of : self.told_of + MOST_A_MINUTE]:
            progress(f"  {each}")
        self.told_of = len(soak.broken)

    def step_clock(self) -> None:
        """Let hours go by once nothing is under way; each day all payments are looked up."""
        soak = self.soak
        jumps = int(self.asked.seconds / (A_STRETCH + A_JUMP))
        with soak.gate.closed():
            try:
                wait_until(self.is_quiet, "everything queued", within_seconds=DRAINED_WITHIN)
            except StackError as error:
                progress(f"the clock is not stepped: {error}")
                return
            before = soak.stack.now()
            now = soak.stack.clock.set(next_stop(before, jumps, self.random))
        if now.date() != before.date():
            machinery.reconcile(soak, self.random, everything=True)

    def is_quiet(self) -> bool:
        """Whether no queue holds anything."""
        stack = self.soak.stack
        with suppress(Exception):  # AWS may be away
            sqs = stack.client("sqs")
            return all(is_drained(sqs, stack.outputs[each]) for each in QUEUES)
        return False
