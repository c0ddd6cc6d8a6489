"""One stack that the SAM command deployed, shared by all tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.emulator import Emulator
from tests.artifact.deploying import Deployed


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    emulator = Emulator(takes_sam=True)
    emulator.launch()
    try:
        emulator.wait_ready()
        stack = Deployed(emulator)
        stack.deploy(tmp_path_factory.mktemp("home"))
        yield stack
    finally:
        emulator.stop()
