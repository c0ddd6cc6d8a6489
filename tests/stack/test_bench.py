"""What benchmarks compare does the same work: noted on a stack, and done again without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from infra.bench import importing, scanning, sending, visiting
from infra.bench.contest import Contest
from infra.bench.material import A_PAGE, LongScan, Material, gather
from infra.bench.timing import apart
from infra.bench.wire import Wire

CONTESTS: dict[str, Callable[[Wire, Material], Contest]] = {
    "text": lambda wire, material: sending.contest(wire, "text", material.slices["text"]),
    "email": lambda wire, material: sending.contest(wire, "email", material.slices["email"]),
    "scan": lambda wire, material: scanning.contest(wire, material.scan, 2),
    "patients": lambda wire, material: importing.contest(
        wire, "patients", material.imports["patients"]
    ),
    "entries": lambda wire, material: importing.contest(
        wire, "entries", material.imports["entries"]
    ),
    "balance": lambda wire, material: visiting.contest(wire, material.visits["balance"]),
}


@pytest.fixture(scope="module")
def material() -> Material:
    return apart(gather)


def calls_of(name: str, material: Material) -> dict[str, int]:
    """How many calls each way makes, twice in a row; in a process of its own."""
    wire = Wire()
    contest = CONTESTS[name](wire, material)
    made: dict[str, int] = {}
    for way in ("ours", "floor", "plain"):
        step: Callable[[], object] = getattr(contest, way)
        for _ in range(2):
            wire.intervals.clear()
            step()
            assert made.setdefault(way, len(wire.intervals)) == len(wire.intervals), way
    return made


@pytest.mark.parametrize("name", list(CONTESTS))
def test_the_floor_makes_the_calls_of_the_real_handlers(name: str, material: Material) -> None:
    made = apart(calls_of, name, material)
    assert made["ours"] == made["floor"] > 0
    assert made["plain"] > 0


def test_a_long_scan_queues_every_account(material: Material) -> None:
    told: Any = apart(scanned, material)
    assert told["due"] == told["queued"] == 3 * A_PAGE


def scanned(material: Material) -> Any:
    wire = Wire()
    work = LongScan.of(material.scan, 3)
    worker, wire.answers = work.worker(), work.answers()
    return worker(work.event)
