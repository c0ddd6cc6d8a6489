"""The operator's command as a process of its own, as an operator runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


class Operator:
    """Runs commands against one stack."""

    def __init__(self, **environment: str) -> None:
        self._environment = environment

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command printed, its complaints included."""
        path = os.pathsep.join([str(REPOSITORY / "functions"), str(REPOSITORY)])
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path}
        done = subprocess.run(
            [sys.executable, "-m", "infra.operator.cli", *arguments],
            env=environment | self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout
