"""What artifacts are put together from, made once and kept until its sources change."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from infra.build.byte_code import add_byte_code

REPOSITORY = Path(__file__).resolve().parents[2]
CODE = REPOSITORY / "functions"
LOCK = CODE / "requirements.txt"
_KEPT = REPOSITORY / ".aws-sam" / "parts"

# What the functions run on, as the template says. Whatever builds them has wheels of that chosen.
_TARGET = ("--python-version", "3.13", "--implementation", "cp")
_PLATFORMS = ("manylinux2014_aarch64", "manylinux_2_28_aarch64")


def own_code(python: str | None) -> Path:
    """The folder of our own code, with byte code by `python` if there is one."""
    files = list(_sources())
    content = hashlib.sha256()
    for path in files:
        content.update(f"{path.relative_to(CODE)}\0".encode())
        content.update(hashlib.sha256(path.read_bytes()).digest())

    def fill(folder: Path) -> None:
        for path in files:
            target = folder / path.relative_to(CODE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)

    return _kept("code", content.hexdigest(), fill, python)


def dependencies(python: str | None) -> Path:
    """The folder of the locked dependencies, as `own_code`; this takes the network, once.

    Raises:
        subprocess.CalledProcessError: pip has told why.
    """

    def fill(folder: Path) -> None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
        command += ["--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:"]
        command += ["--disable-pip-version-check", "--root-user-action=ignore"]
        for platform in _PLATFORMS:
            command += ["--platform", platform]
        subprocess.run([*command, *_TARGET, "--requirement", str(LOCK)], check=True)

    return _kept("dependencies", hashlib.sha256(LOCK.read_bytes()).hexdigest(), fill, python)


def _sources() -> Iterator[Path]:
    for path in sorted(CODE.rglob("*")):
        if path.is_file() and path.parent != CODE and "__pycache__" not in path.parts:
            yield path


def _kept(kind: str, digest: str, fill: Callable[[Path], None], python: str | None) -> Path:
    """The folder of that content, filled unless there is one; of builds at once, by the first."""
    form = "with-byte-code" if python else "source"
    folder = _KEPT / f"{kind}-{digest[:16]}-{form}"
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            for outdated in _KEPT.glob(f"{kind}-*-{form}"):
                shutil.rmtree(outdated)
            with tempfile.TemporaryDirectory(prefix="fresh-", dir=_KEPT) as fresh:
                content = Path(fresh, kind)
                content.mkdir()
                fill(content)
                if python:
                    add_byte_code(python, content)
                content.rename(folder)
    return folder
