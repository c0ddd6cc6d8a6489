"""Resident memory of the processes of a stack, sampled while it works, and whether it is flat."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median

from infra.local.emulator import group_members

PROC = Path("/proc")
EVERY_SECONDS = 2.0
EMULATOR, OURSELVES = "the emulator", "this process: gateway, outbox, clients"
SHOWN_FROM_SECONDS = 60.0
JUDGED_FROM_SECONDS = 300.0
"""How long a process must have lived: the first quarter of its life is for getting warm."""
MAY_GROW = 0.05
"""By which share a worker's memory may grow from the second quarter of its life to the last."""
OR_BY_KIB = 1024
"""What is no growth, whatever its share: the allocator's way of taking pages."""
STEPS = 3
A_STEP_KIB = 256
SMOOTH = 5
"""Samples over which the median is taken before looking for steps."""
_PREFIX = "balance-alerts-"


@dataclass
class Life:
    """One process: its memory in KiB, in order."""

    name: str
    began: float
    samples: list[tuple[float, int]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long it was seen."""
        return self.samples[-1][0] - self.began

    def quarter(self, number: int) -> int:
        """The median of a quarter of its life, 1 to 4; 0 where it was not seen then."""
        begin = self.began + self.seconds * (number - 1) / 4
        end = self.began + self.seconds * number / 4
        seen = [kib for at, kib in self.samples if begin <= at <= end]
        return int(median(seen)) if seen else 0

    @property
    def is_shown(self) -> bool:
        """Whether it lived long enough for its quarters to mean something."""
        return self.seconds >= SHOWN_FROM_SECONDS

    @property
    def is_judged(self) -> bool:
        """Whether it lived long enough to tell."""
        return self.seconds >= JUDGED_FROM_SECONDS

    @property
    def growth(self) -> float:
        """The share by which the last quarter is above the second, but for a few steps between.

        What is made at its first use, a client or a module, is there from one moment to the next.
        What leaks grows at every call.
        """
        before = self.quarter(2)
        grown = self.quarter(4) - before - sum(self._largest_steps())
        return max(grown, 0) / before if before else 0.0

    def _largest_steps(self) -> list[int]:
        """The few moments from the second quarter on in which it grew most, in KiB."""
        begin = self.began + self.seconds / 4
        seen = [kib for at, kib in self.samples if at >= begin]
        smooth = [median(seen[at : at + SMOOTH]) for at in range(len(seen) - SMOOTH + 1)]
        steps = (int(after - before) for before, after in pairwise(smooth))
        return sorted((step for step in steps if step >= A_STEP_KIB), reverse=True)[:STEPS]

    @property
    def is_flat(self) -> bool:
        """Whether it may be called flat."""
        return self.growth <= MAY_GROW or self.growth * self.quarter(2) <= OR_BY_KIB


class Memory:
    """Looks every two seconds, in a thread of its own, until it is stopped."""

    def __init__(self, process_group: Callable[[], int | None]) -> None:
        self._process_group = process_group
        self._lives: dict[tuple[int, int], Life] = {}
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin; without /proc there is nothing to be seen."""
        if PROC.joinpath("self/statm").exists():
            self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def by_name(self) -> dict[str, list[Life]]:
        """Every process that was seen, our workers by the name of their function."""
        found: dict[str, list[Life]] = defaultdict(list)
        with self._lock:
            for life in self._lives.values():
                found[life.name].append(life)
        return dict(sorted(found.items()))

    def workers(self) -> list[Life]:
        """The processes that run our functions."""
        others = (EMULATOR, OURSELVES)
        return [
            life for name, lives in self.by_name().items() for life in lives if name not in others
        ]

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        group = self._process_group()
        if group is None:
            return
        for pid in (os.getpid(), *group_members(group)):
            with suppress(OSError, ValueError, IndexError):
                kib = int(PROC.joinpath(str(pid), "statm").read_text().split()[1])
                self._sample(pid, group, kib * os.sysconf("SC_PAGE_SIZE") // 1024)

    def _sample(self, pid: int, group: int, kib: int) -> None:
        now = time.monotonic()
        # This process is the same one whatever was restarted.
        key = pid, 0 if pid == os.getpid() else group
        with self._lock:
            if key not in self._lives:
                self._lives[key] = Life(_name(pid, group), now)
            self._lives[key].samples.append((now, kib))


def _name(pid: int, group: int) -> str:
    if pid == os.getpid():
        return OURSELVES
    if pid == group:
        return EMULATOR
    told = PROC.joinpath(str(pid), "environ").read_bytes().split(b"\0")
    names = [each for each in told if each.startswith(b"AWS_LAMBDA_FUNCTION_NAME=")]
    return names[0].decode().partition("=")[2].removeprefix(_PREFIX)
