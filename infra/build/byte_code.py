"""Byte code beside the source, since Lambda could keep none: its code folder is read-only.

Without it every cold start compiles whatever it imports, which takes as long again. It is marked to
be taken unchecked, so that it does not go by the files' times; if Lambda's Python should ever use
another form, that takes the source.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

VERSION = "3.13"
"""Of the functions' Python. The form of byte code is the same for all of its releases."""

BROUGHT = Path(__file__).resolve().parents[2] / ".venv" / "lambda-python"
_ON_LAMBDA = "/var/task"
_IS_OF_VERSION = (
    f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{VERSION}'"
    " or sys.implementation.name != 'cpython')"
)


@cache
def lambda_python() -> str | None:
    """The path of a Python of that version on this machine, or None."""
    return next(filter(_is_of_version, _candidates()), None)


def bring_lambda_python() -> None:
    """Let uv download one if there is none; where it cannot, tell what that means."""
    if lambda_python() is None:
        command = [shutil.which("uv") or "uv", "python", "install", "--quiet", "--no-bin"]
        command += ["--install-dir", str(BROUGHT), VERSION]
        hurried = {**os.environ, "UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "20"}
        ended = subprocess.run(command, env=hurried, capture_output=True, check=False)
        lambda_python.cache_clear()
        if ended.returncode or lambda_python() is None:
            print(
                f"There is no Python {VERSION} here, and none could be downloaded. The functions"
                " are built without byte code and take about twice as long to start."
            )


def add_byte_code(python: str, folder: Path) -> None:
    """Compile every module below a folder.

    Raises:
        subprocess.CalledProcessError: one does not compile; it has told which.
    """
    command = [python, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", _ON_LAMBDA, str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})


def byte_code_of(module: PurePosixPath) -> PurePosixPath:
    """Where the byte code of a module lies, by its path."""
    name = f"{module.stem}.cpython-{VERSION.replace('.', '')}.pyc"
    return module.parent / "__pycache__" / name


def _candidates() -> Iterator[str]:
    if named := os.environ.get("LAMBDA_PYTHON"):
        yield named
    if f"{sys.version_info.major}.{sys.version_info.minor}" == VERSION:
        yield sys.executable
    if on_path := shutil.which(f"python{VERSION}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for folder in (BROUGHT, pyenv):
        found = folder.glob(f"*{VERSION}.*/bin/python{VERSION}")
        yield from (str(each) for each in sorted(found))


def _is_of_version(python: str) -> bool:
    # A name on the PATH may be a stand-in that runs nothing, as pyenv's are.
    try:
        ended = subprocess.run([python, "-I", "-c", _IS_OF_VERSION], capture_output=True)
    except OSError:
        return False
    return ended.returncode == 0


if __name__ == "__main__":
    bring_lambda_python()
