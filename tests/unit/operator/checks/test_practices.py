from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from balance_alerts.domain.brake import Brake
from balance_alerts.domain.channel_stop import NO_QUOTA, ChannelStop
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.personal import Contact
from balance_alerts.domain.practice import AlertSettings, Frequency, GatewayConnection
from balance_alerts.gateway.authorize_net import (
    CredentialsRefusedError,
    GatewayError,
    PermissionMissingError,
)
from infra.operator.checks import brakes, gateway, practices
from tests import builders
from tests.unit.operator.checks.patient import one, patient

SENDS = AlertSettings(frequency=Frequency.MONTHLY)
NOW = datetime(2026, 3, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "verdict", "words"),
    [
        pytest.param(AlertSettings(), "attention", "no frequency", id="new"),
        pytest.param(replace(SENDS, paused=True), "attention", "is paused", id="paused"),
        pytest.param(SENDS, "ok", "sends, monthly", id="sends"),
        pytest.param(
            replace(SENDS, pilot_contacts=(Contact("+12025550101"),), daily_limit=5),
            "ok",
            "sends, monthly, to 1 pilot contact only, at most 5 a day",
            id="pilot",
        ),
    ],
)
def test_how_a_practice_sends(settings: AlertSettings, verdict: str, words: str) -> None:
    found = practices.told(replace(builders.practice(), alerts=settings))
    assert (found.verdict, words in found.found) == (verdict, True), found
    assert "+1202" not in found.found


def test_practices_are_found_on_every_page() -> None:
    page = {"Items": [{"practice_id": {"S": "b"}}], "LastEvaluatedKey": {"pk": {"S": "x"}}}
    last = {"Items": [{"practice_id": {"S": "a"}}]}
    stack = patient(("dynamodb", "scan", page), ("dynamodb", "scan", last))
    assert practices.practice_ids(stack.client("dynamodb"), "t") == (["a", "b"], True)


def test_a_table_too_large_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practices, "_MOST_PAGES", 1)
    page = {"Items": [{"practice_id": {"S": "a"}}], "LastEvaluatedKey": {"pk": {"S": "x"}}}
    stack = patient(("dynamodb", "scan", page), ("dynamodb", "scan", page))
    assert practices.practice_ids(stack.client("dynamodb"), "t") == (["a"], False)


def test_brakes() -> None:
    assert brakes.of_brake(None).verdict == "ok"
    found = brakes.of_brake(Brake(NOW, "ops", "wrong amounts"))
    assert (found.verdict, "(wrong amounts)" in found.found) == ("attention", True)
    assert brakes.of_channel(Channel.TEXT, None).verdict == "ok"
    found = brakes.of_channel(
        Channel.TEXT, ChannelStop(Channel.TEXT, NO_QUOTA, NOW, NOW.replace(month=4))
    )
    assert (found.verdict, "monthly spending limit" in found.found) == ("broken", True)
    assert found.to_do == "then balance-alerts channels --lift text"


CONNECTION = GatewayConnection(
    connection_id="c", api_login_id="login", client_key="key", has_signature_key=True
)


class Merchant:
    """A merchant account as the gateway tells of it."""

    def __init__(self, error: Exception | None, *, test_mode: bool) -> None:
        self._error = error
        self._test_mode = test_mode

    def authenticate_test(self) -> None:
        if isinstance(self._error, CredentialsRefusedError):
            raise self._error

    def merchant_details(self) -> Any:
        return SimpleNamespace(test_mode=self._test_mode)

    def unsettled(self) -> list[Any]:
        if self._error is not None:
            raise self._error
        return []


@pytest.mark.parametrize(
    ("error", "test_mode", "connection", "verdict", "words"),
    [
        pytest.param(None, False, CONNECTION, "ok", "can be looked up", id="well"),
        pytest.param(None, True, CONNECTION, "broken", "test mode", id="test mode"),
        pytest.param(
            CredentialsRefusedError("credentials"), False, CONNECTION, "broken", "refuses", id="key"
        ),
        pytest.param(
            PermissionMissingError("permission"),
            False,
            CONNECTION,
            "broken",
            "cannot",
            id="look-up",
        ),
        pytest.param(GatewayError("timeout"), False, CONNECTION, "broken", "timeout", id="down"),
        pytest.param(
            None,
            False,
            replace(CONNECTION, suspended_at=NOW),
            "attention",
            "suspended since 2026-03-03",
            id="suspended",
        ),
        pytest.param(
            None,
            False,
            replace(CONNECTION, has_signature_key=False),
            "attention",
            "webhooks are off",
            id="no webhooks",
        ),
    ],
)
def test_merchant_account(
    error: Exception | None,
    test_mode: bool,
    connection: GatewayConnection,
    verdict: str,
    words: str,
) -> None:
    connections: Any = SimpleNamespace(merchant_of=lambda _: Merchant(error, test_mode=test_mode))
    practice = replace(builders.practice(), gateway=connection)
    found = gateway.usable(practice, connection, connections)
    assert (found.verdict, words in found.found) == (verdict, True), found


def test_credentials_that_cannot_be_read() -> None:
    def merchant_of(_: object) -> Any:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")

    connections: Any = SimpleNamespace(merchant_of=merchant_of)
    found = gateway.usable(builders.practice(), CONNECTION, connections)
    assert (found.verdict, "could not be read" in found.found) == ("broken", True)


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://apitest.authorize.net/xml/v1/request.api", "attention"),
        ("https://api.authorize.net/xml/v1/request.api", "ok"),
    ],
)
def test_environment(url: str, verdict: str) -> None:
    assert one(gateway.environment, patient(variables={"GATEWAY_URL": url})).verdict == verdict
