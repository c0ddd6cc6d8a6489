"""Some hundred seeds of the simulation, on every core; and that the made-up world is like ours."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.simulation.world.functions import TIMEOUTS, Functions
from tests.simulation.world.world import INDEXES, World
from tests.template.loading import load

SEEDS = int(os.environ.get("SEEDS", "240"))
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_every_invariant_holds_whatever_goes_wrong(part: int) -> None:
    """In a process of its own: the order in which sets are gone through must be fixed."""
    seeds = SEEDS // PARTS
    run = subprocess.run(
        [
            *(sys.executable, "-m", "tests.simulation.run"),
            *("--workers", "1", "--seeds", str(seeds), "--first", str(1 + part * seeds)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-8_000:] + run.stderr[-4_000:]


def test_the_same_seed_does_the_same() -> None:
    """Whatever ran before it in the same process."""
    again = "from tests.simulation.run import told as t; first = t(3); t(4); assert t(3) == first"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", again],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=True,
    )


def test_functions_are_stopped_when_the_template_says() -> None:
    functions = load().of_type("AWS::Serverless::Function").values()
    told = {
        each["Properties"]["Handler"].removesuffix(".handler"): each["Properties"]["Timeout"]
        for each in functions
    }
    assert {name: told[name] for name in TIMEOUTS} == TIMEOUTS


def test_queues_are_those_of_the_template() -> None:
    queues = World(Functions()).queues
    for name, logical_id in (("alerts", "AlertQueue"), ("imports", "ImportQueue")):
        told = load().properties(logical_id)
        queue = queues[name]
        assert queue.visibility == told["VisibilityTimeout"]
        assert queue.retention == told["MessageRetentionPeriod"]
        assert queue.most_received == told["RedrivePolicy"]["maxReceiveCount"]


def test_indexes_are_those_of_the_template() -> None:
    told = load().properties("Table")["GlobalSecondaryIndexes"]
    assert {index["IndexName"] for index in told} == set(INDEXES)
    for each in told:
        index = INDEXES[each["IndexName"]]
        keys = {key["KeyType"]: key["AttributeName"] for key in each["KeySchema"]}
        assert (index.hash_key, index.range_key) == (keys["HASH"], keys["RANGE"])
        projected = each["Projection"].get("NonKeyAttributes")
        assert index.projects == (None if projected is None else frozenset(projected))


_LEFT_REAL = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pkgutil import walk_packages
import balance_alerts
from tests.simulation.world import process
process.Process()
told_the_time = {build.__module__ for build in process._WITH_SECONDS}
real = (time, time.sleep, time.monotonic, ThreadPoolExecutor)
for each in walk_packages(balance_alerts.__path__, "balance_alerts."):
    module = import_module(each.name)
    for value in vars(module).values():
        if any(value is one for one in real) and not (value is time and each.name in told_the_time):
            print(each.name, getattr(value, "__name__", value))
"""


def test_no_module_waits_by_the_real_clock_or_has_a_pool_of_real_threads() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LEFT_REAL],
        capture_output=True,
        text=True,
        check=True,
    )
    only_measures = ["balance_alerts.gateway.authorize_net time"]
    assert run.stdout.splitlines() == only_measures
