"""The stand-in gateway on loopback, and our client of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from balance_alerts.gateway.authorize_net import AuthorizeNet
from balance_alerts.gateway.requests import Charge, Credentials
from balance_alerts.gateway.transport import Transport
from infra.local.gateway.gateway import Gateway
from tests.component.conftest import StoppedClock

LOGIN = "merchant"

Asked = Callable[..., Charge]
ClientOf = Callable[[str], AuthorizeNet]


@pytest.fixture
def gateway(clock: StoppedClock) -> Iterator[Gateway]:
    running = Gateway(clock, hang_seconds=30)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client_of(gateway: Gateway) -> ClientOf:
    """The client of one merchant."""
    return lambda login: _client(gateway, login, 20)


@pytest.fixture
def client(client_of: ClientOf) -> AuthorizeNet:
    return client_of(LOGIN)


@pytest.fixture
def impatient(gateway: Gateway) -> AuthorizeNet:
    """The same client, waiting for no answer longer than a test can."""
    return _client(gateway, LOGIN, 2)


def _client(gateway: Gateway, login: str, read_seconds: float) -> AuthorizeNet:
    transport = Transport(gateway.api_url, read_seconds=read_seconds)
    return AuthorizeNet(Credentials(login, "transaction-key"), transport)


@pytest.fixture
def asked(gateway: Gateway) -> Asked:
    """A charge with a fresh token of the card form."""

    def asked(attempt_id: str = "ba1", cents: int = 12_34, **changes: str) -> Charge:
        token = gateway.card_token(
            changes.pop("card_number", "4111111111111111"), changes.pop("card_zip", "")
        )
        given = {
            "data_descriptor": token.data_descriptor,
            "data_value": token.data_value,
            **changes,
        }
        return Charge(attempt_id=attempt_id, amount_cents=cents, **given)

    return asked
