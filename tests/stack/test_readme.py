"""The commands of README, tour and operator's guide, run as they stand, one after the other."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from infra.local import sample
from infra.local.server import LocalServer
from infra.local.stack import LocalStack

REPOSITORY = Path(__file__).parents[2]
RUNS_HERE = ("balance-alerts ", "python -m infra.local.sample ")
DOCUMENTS = ("README.md", "docs/tour.md", "docs/operating.md")
MAKE_TARGETS = {"run", "test", "demo", "lint", "build", "deploy", "emulator", "bench"}


def commands() -> list[str]:
    """Every indented line of these documents, continued ones joined, without its remark."""
    texts = [(REPOSITORY / name).read_text("utf-8") for name in DOCUMENTS]
    text = "\n".join(texts).replace("\\\n", " ")
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    return [line.partition(" #")[0].strip() for line in lines]


@pytest.fixture(scope="module")
def environment(
    shared_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """A stack with the sample practice, and a folder with files to import."""
    shared_stack.empty()
    shared_stack.clock.set(sample.first_look(date(2026, 11, 23)))
    server = LocalServer(port=0)
    server.serve_stack(shared_stack)
    sample.load(shared_stack)
    shared_stack.set_clock(sample.first_look(date(2026, 11, 26)))  # as whoever tries it out does
    path = os.pathsep.join([str(REPOSITORY / ".venv" / "bin"), os.environ["PATH"]])
    yield {**os.environ, "BALANCE_ALERTS_LOCAL": server.url, "PATH": path}
    server.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    sample.render(folder, date(2026, 11, 23))
    (folder / "samples").symlink_to(REPOSITORY / "samples")
    return folder


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith(RUNS_HERE)])
def test_a_command_of_the_documents_does_what_it_says(
    command: str,
    environment: dict[str, str],
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    command = command.replace("/tmp/sample", str(folder / "sample"))
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    if command.endswith("/sample/*.csv"):
        _, *files = (line.split() for line in done.stdout.splitlines())
        assert all(read == unchanged for _, read, _, _, unchanged, *_ in files), done.stdout


def test_every_make_target_it_names_is_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    named = {command.split()[1] for command in commands() if command.startswith("make ")}
    assert named <= MAKE_TARGETS
    for target in MAKE_TARGETS:
        assert f"\n{target}:" in makefile
