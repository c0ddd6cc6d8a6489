"""How long functions take to start, beside what no program that calls AWS can do without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from infra.bench.functions import Function, functions
from infra.bench.table import Table, Value
from infra.build import parts
from infra.build.byte_code import add_byte_code, lambda_python
from infra.local.emulator import REGION

MOST = {"ScanBalances": 1.3, "SendAlert": 1.3, "Portal": 1.6}
"""Times the floor."""
_PAIRS = 15

_END = """
print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0], flush=True)
os._exit(0)
"""
_START = (
    """
import importlib, os, sys
sys.path.insert(0, sys.argv[1])
importlib.import_module(sys.argv[2])
from balance_alerts.store import table
table.client()
"""
    + _END
)
_FLOOR = (
    """
import os, sys
sys.path[:0] = sys.argv[1:]
import boto3
boto3.client("dynamodb")
"""
    + _END
)


@dataclass(frozen=True)
class Took:
    """Milliseconds of one process, from its start to its end, and the most memory it had."""

    wall: float
    processor: float
    megabytes: float


def measure() -> Table:
    """Start each function and the floor in turns, in processes of their own."""
    python = lambda_python()
    with tempfile.TemporaryDirectory() as folder:
        floor = _floor(Path(folder), python)
        rows = [_row(each, floor, python or sys.executable) for each in functions()]
    missed = [
        f"{row['function']} took {row['ratio']:.2f} times the floor, more than {most}"
        for row in rows
        if (most := MOST.get(str(row["function"]))) and float(row["ratio"]) > most
    ]
    version = "3.13 with" if python else f"{'.'.join(map(str, sys.version_info[:2]))} without"
    targets = ", ".join(f"{name} {most}" for name, most in MOST.items())
    about = (
        "Milliseconds of a whole process that imports the handler from its artifact, with nothing"
        " else to see, and builds the table's client; the floor does `import boto3` and one client"
        f" of DynamoDB. Both in turns, {_PAIRS} times, medians, on Python {version} byte code; MB"
        " are the most memory a process had."
        f" Targets, times the floor: {targets}."
    )
    return Table("Starting", about, rows, missed)


def _row(function: Function, floor: Sequence[str], python: str) -> dict[str, Value]:
    """Compare one function with the floor."""
    begin = ["-c", _START, str(function.folder), function.handler]
    least = ["-c", _FLOOR, *floor]
    mine, bare = [], []
    for _ in range(_PAIRS):
        bare.append(_run([python, *least], {"AWS_DEFAULT_REGION": REGION}))
        mine.append(_run([python, *begin], function.environment))
    wall, floor_wall = (median(each.wall for each in some) for some in (mine, bare))
    busy, floor_busy = (median(each.processor for each in some) for some in (mine, bare))
    return {
        "function": function.name,
        "ms": round(wall),
        "floor ms": round(floor_wall),
        "ratio": wall / floor_wall,
        "processor ms": round(busy),
        "ratio of processor time": busy / floor_busy,
        "MB": round(median(each.megabytes for each in mine)),
        "floor MB": round(median(each.megabytes for each in bare)),
    }


def _run(command: Sequence[str], environment: Mapping[str, str]) -> Took:
    """Run one process that sees the standard library and what it is led to, nothing else."""
    python, *rest = command
    began = time.perf_counter()
    process = subprocess.Popen(
        [python, "-I", "-S", "-B", *rest], env=dict(environment), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    told = process.stdout.read().split()  # until it ends; its logs come before
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    busy = used.ru_utime + used.ru_stime
    return Took(wall * 1_000, busy * 1_000, int(told[-1]) / 1_024)


def _floor(folder: Path, python: str | None) -> list[str]:
    """Folders with boto3 and what it needs, with byte code if the functions have it."""
    for name in ("boto3", "s3transfer"):
        found = find_spec(name)
        if found is None or found.origin is None:
            raise ModuleNotFoundError(name)
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(found.origin).parent, folder / name, ignore=leave)
    if python:
        add_byte_code(python, folder)
    return [str(folder), str(parts.dependencies(python))]
