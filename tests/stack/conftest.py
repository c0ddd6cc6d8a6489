"""One running stack a worker process, shared by its tests; each test has practices of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.gateway.gateway import Gateway
from infra.local.server import LocalServer
from infra.local.stack import LocalStack
from tests import builders
from tests.stack.due import Clinic, clinics
from tests.stack.operating import Operator
from tests.stack.paying import Till
from tests.stack.portal_client import Browser, browser_of


@pytest.fixture(scope="session")
def shared_stack() -> Iterator[LocalStack]:
    with LocalStack(hang_seconds=0.3) as running:
        yield running


@pytest.fixture
def stack(shared_stack: LocalStack) -> LocalStack:
    """The running stack, emptied, at the day after everybody's charge."""
    shared_stack.empty()
    shared_stack.clock.set(builders.at(1))
    return shared_stack


@pytest.fixture
def clinic(stack: LocalStack) -> Clinic:
    """A practice that sends every two weeks."""
    return next(clinics(stack))


@pytest.fixture
def browser(stack: LocalStack) -> Iterator[Browser]:
    """A patient's browser at the stack's address."""
    with browser_of(stack) as opened:
        yield opened


@pytest.fixture
def till(clinic: Clinic) -> Iterator[Till]:
    """The clinic's checkout, at a gateway of its own."""
    gateway = Gateway(clinic.stack.now, hang_seconds=30)
    gateway.start()
    till = Till(clinic, gateway)
    till.connect()
    yield till
    gateway.stop()


@pytest.fixture
def operator(stack: LocalStack) -> Iterator[Operator]:
    """The operator's command against the stack."""
    server = LocalServer(port=0)
    server.serve_stack(stack)
    yield Operator(BALANCE_ALERTS_LOCAL=server.url)
    server.stop()
