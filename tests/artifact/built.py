"""What `make build` left, and how each function of it is run by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.build.byte_code import lambda_python
from tests.template.loading import TEMPLATE, load

REPOSITORY = TEMPLATE.parent
BUILD = REPOSITORY / ".aws-sam" / "build"
PYTHON = lambda_python() or sys.executable
"""Lambda's Python where this machine has one."""

_RUN = Path(__file__).with_name("bare_run.py")
_TEMPLATE = load()
HANDLERS: Mapping[str, str] = {
    name: each["Properties"]["Handler"]
    for name, each in _TEMPLATE.of_type("AWS::Serverless::Function").items()
}
"""The functions of the template, by logical id."""


@dataclass(frozen=True)
class Ran:
    """What came of one call."""

    result: Any
    parts: frozenset[str]


def folder(name: str) -> Path:
    """Where a function was built."""
    found = BUILD / name
    assert found.is_dir(), f"{found} is missing: make build"
    return found


def files(name: str) -> Iterator[str]:
    """The paths of everything in a function's artifact."""
    root = folder(name)
    for path in sorted(root.rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix()


def run_bare(name: str, event: Mapping[str, Any], environment: Mapping[str, str]) -> Ran:
    """Call a function in a process that has its artifact and that environment alone."""
    ended = subprocess.run(
        [PYTHON, "-I", "-S", "-B", str(_RUN), str(folder(name)), HANDLERS[name]],
        input=json.dumps(event),
        env=dict(environment),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    return Ran(told["result"], frozenset(told["parts"]))
