"""The local stack itself: its clock and its processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra.local.emulator import free_port, group_members
from infra.local.folders import StackFolder
from infra.local.stack import LocalStack
from tests.builders import at
from tests.stack.due import Clinic

REPOSITORY = Path(__file__).parents[2]


def test_the_clock_runs_on_from_where_it_was_set(stack: LocalStack) -> None:
    stack.clock.set(at(5))
    first = stack.clock.now()
    assert at(5) <= first < at(5) + timedelta(seconds=5)
    assert stack.clock.now() > first


def test_a_new_time_reaches_functions_that_are_warm(stack: LocalStack, clinic: Clinic) -> None:
    clinic.patients(1)
    for day in (1, 15, 29):
        stack.clock.set(at(day))
        assert stack.scan().sent == 1
    assert [alert.sent_on for alert in reversed(clinic.history("p-1"))] == [
        at(day).date() for day in (1, 15, 29)
    ]


def test_the_clock_can_go_back(stack: LocalStack, clinic: Clinic) -> None:
    clinic.patients(1)
    stack.clock.set(at(0))
    assert stack.scan().queued == 0
    stack.clock.set(at(1))
    assert stack.scan().queued == 1


def test_messages_carry_the_local_time(stack: LocalStack, clinic: Clinic) -> None:
    clinic.patients(1)
    stack.scan()
    (message,) = stack.outbox.messages()
    assert abs(message.sent_at - at(1)) < timedelta(seconds=30)


def test_a_time_without_a_zone_is_refused(stack: LocalStack) -> None:
    with pytest.raises(ValueError, match="time zone"):
        stack.clock.set(datetime(2026, 3, 1))  # noqa: DTZ001


@contextmanager
def run(tmp_path: Path, *, port: int) -> Iterator[subprocess.Popen[str]]:
    """`make run` without the sample; everything it leaves behind would lie in `tmp_path`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local.run"],
        cwd=REPOSITORY,
        env=os.environ
        | {"PORT": str(port), "SAMPLE": "none", "TMPDIR": str(tmp_path)}
        | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "functions")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        if line.startswith("ready: "):
            return line.removeprefix("ready: ").strip()
    raise AssertionError("it ended before it was ready")


def children(process: subprocess.Popen[str]) -> list[int]:
    """The process groups that a run has started."""
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(child) for path in tasks for child in path.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_without_leftovers(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with run(tmp_path, port=port) as process:
        assert wait_ready(process) == f"http://127.0.0.1:{port}"
        (group,) = children(process)
        assert group_members(group)
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
    assert group_members(group) == []
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_killed_takes_its_emulator_along(tmp_path: Path) -> None:
    with run(tmp_path, port=free_port()) as process:
        wait_ready(process)
        (group,) = children(process)
        process.kill()
        process.wait()
    deadline = time.monotonic() + 10
    while group_members(group) and time.monotonic() < deadline:
        os.sched_yield()
    assert group_members(group) == []


def test_folders_of_stacks_that_were_killed_are_removed_by_a_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    killed, running = StackFolder(), StackFolder()
    killed._lock.close()  # as its process's end does
    foreign = tmp_path / "balance-alerts-notes"
    foreign.mkdir()
    fresh = StackFolder()
    assert killed.path.exists(), "it may just be about to be locked"
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    latest = StackFolder()
    kept = (running, fresh, latest)
    assert set(tmp_path.iterdir()) == {foreign, *(each.path for each in kept)}
    for each in kept:
        each.remove()


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with run(tmp_path, port=port) as process:
            output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert output == f"Port {port} is in use; choose another one, such as PORT={port + 1}.\n"
    assert list(tmp_path.iterdir()) == []
