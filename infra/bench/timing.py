"""How long things take: side by side in one process, each in its turn."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Took:
    """Milliseconds of one run, by the clock and of processors."""

    wall: float
    processor: float


def run(work: Callable[[], object], runs: int = 1) -> Took:
    """What one run takes, as the mean of some in a row."""
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(runs):
        work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return Took(wall * 1_000 / runs, processor * 1_000 / runs)


def in_turns(
    contestants: Mapping[str, Callable[[], object]], *, rounds: int = 7, runs: int = 1
) -> dict[str, Took]:
    """What each takes: medians of rounds in which each has its turn, after one to warm up."""
    for work in contestants.values():
        work()
    took: dict[str, list[Took]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            took[name].append(run(work, runs))
    return {
        name: Took(median(each.wall for each in some), median(each.processor for each in some))
        for name, some in took.items()
    }


def peak_megabytes() -> float:
    """The most memory that this process has had.

    As Linux tells it of the process alone: what `getrusage` tells begins at its parent's.
    """
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    [peak] = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) / 1_024


def apart(measure: Callable[..., T], *given: object) -> T:
    """Measure in a process of its own, which nothing was loaded into before.

    It has one processor, as Lambda gives no more to a function of up to 1,769 MB: with two, threads
    that take turns run on either, which costs more than their work.
    """
    with multiprocessing.get_context("spawn").Pool(1, _keep_to_one_processor) as pool:
        return pool.apply(measure, given)


def _keep_to_one_processor() -> None:
    if hasattr(os, "sched_setaffinity"):  # on Linux
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
