"""Runs seeds: `python -m tests.simulation.run --seeds 1000 --first 1`. See docs/simulation.md."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

from tests.simulation.actors import (
    desk,
    doors,
    files,
    jobs,
    machinery,
    money,
    patients,
    remittances,
    reports,
    staff,
)
from tests.simulation.ending import ending
from tests.simulation.plan import Plan, drawn
from tests.simulation.shrink import shrunk
from tests.simulation.simulation import Simulation
from tests.simulation.world.process import Process
from tests.simulation.world.world import Violation

KINDS = {
    **machinery.KINDS,
    **staff.KINDS,
    **reports.KINDS,
    **patients.KINDS,
    **money.KINDS,
    **files.KINDS,
    **remittances.KINDS,
    **desk.KINDS,
    **jobs.KINDS,
    **doors.KINDS,
}


A_CHUNK = 10
CHUNKS_A_PROCESS = 10
"""A process that ran hundreds of seeds is large and slow; a new one takes its place."""


@dataclass(frozen=True)
class Failure:
    """A plan that breaks an invariant, and how."""

    plan: Plan
    violation: str
    story: tuple[str, ...]


@cache
def process() -> Process:
    """What this process sets up once."""
    return Process()


def run(plan: Plan) -> Failure | None:
    """Carry out a plan; None where every invariant held."""
    simulation = Simulation(process(), plan, KINDS, ending)
    try:
        simulation.run()
    except Violation as violation:
        told = Plan(plan.seed, simulation.carried_out)
        return Failure(told, str(violation), tuple(simulation.world.story))
    return None


def told(seed: int) -> list[str]:
    """The whole story of a seed."""
    simulation = Simulation(process(), plan_of(seed), KINDS, ending)
    with suppress(Violation):
        simulation.run()
    return simulation.world.story


def plan_of(seed: int) -> Plan:
    """The plan of a seed."""
    return drawn(seed, {name: (weight, draw) for name, (weight, draw, _) in KINDS.items()})


def run_seeds(seeds: Iterable[int]) -> list[Failure]:
    """Run seeds one after the other; those that failed, each told of at once."""
    failures = []
    for seed in seeds:
        failure = run(plan_of(seed))
        if failure is not None:
            print(f"seed {seed}: {failure.violation}", file=sys.stderr, flush=True)
            failures.append(failure)
    return failures


def main() -> int:
    """Run as many seeds as asked for, on every core; print the stories of those that fail."""
    parser = argparse.ArgumentParser(description="Run the simulation.")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--stories", type=int, default=3, help="how many failures to tell of")
    asked = parser.parse_args()
    began = time.monotonic()
    seeds = range(asked.first, asked.first + asked.seeds)
    chunks = [seeds[start : start + A_CHUNK] for start in range(0, len(seeds), A_CHUNK)]
    failures: list[Failure] = []
    # Not a ProcessPoolExecutor: that of Python 3.11 stands still when it renews processes.
    with get_context("spawn").Pool(asked.workers, maxtasksperchild=CHUNKS_A_PROCESS) as pool:
        for number, found in enumerate(pool.imap(run_seeds, chunks), start=1):
            failures += found
            if number % 10 == 0:
                done, took = number * A_CHUNK, time.monotonic() - began
                print(f"{done} seeds, {took:.0f} s", file=sys.stderr, flush=True)
    took = time.monotonic() - began
    print(f"{len(seeds)} seeds in {took:.0f} s ({len(seeds) / took:.1f} a second)")
    print(f"{len(failures)} violations")
    for failure in failures:
        print(f"  seed {failure.plan.seed}: {failure.violation}")
    for failure in failures[: asked.stories]:
        print(story_of(failure))
    return 1 if failures else 0


def story_of(failure: Failure) -> str:
    """The shortest story found, and how to see it again."""
    shortest = shrunk(failure, run)
    lines = [
        "",
        f"Seed {failure.plan.seed}: {shortest.violation}",
        *(f"  {line}" for line in shortest.story),
        f"  again: make simulate SEEDS=1 FIRST={failure.plan.seed}",
    ]
    return "\n".join(lines)


def with_fixed_hashes(module: str) -> None:
    """Start anew where sets are not gone through in the same order each time."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-W", "ignore", "-m", module, *sys.argv[1:]])


if __name__ == "__main__":
    with_fixed_hashes("tests.simulation.run")
    sys.exit(main())
