"""The stand-in gateway on loopback, and our client of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from balance_alerts.payments.authorize_net import AuthorizeNet
from balance_alerts.payments.gateway_requests import Charge, Credentials
from balance_alerts.payments.gateway_transport import Transport
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
    """The client of one merchant, who waits for no answer longer than a test can."""

    def client_of(login: str) -> AuthorizeNet:
        return AuthorizeNet(
            Credentials(login, "transaction-key"), Transport(gateway.api_url, read_seconds=1)
        )

    return client_of


@pytest.fixture
def client(client_of: ClientOf) -> AuthorizeNet:
    return client_of(LOGIN)


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
