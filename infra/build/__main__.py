"""Builds one function: `python -m infra.build MODULE FOLDER`, as functions/Makefile says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from infra.build.artifact import build


def main(handler: str, target: str) -> int:
    """Build it; return what the command ends with."""
    try:
        build(handler, Path(target))
    except subprocess.CalledProcessError as error:
        print(f"{handler} was not built: {' '.join(error.cmd[:4])} failed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
