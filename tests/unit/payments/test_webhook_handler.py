"""What the gateway is answered, whatever it or somebody else sends."""

from __future__ import annotations

import base64
import importlib
import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from balance_alerts.gateway.authorize_net import GatewayError
from balance_alerts.payments.gateway_webhooks import Received, Reception
from balance_alerts.payments.taking_in import Taken
from balance_alerts.wiring import Wiring

CONTEXT = SimpleNamespace(
    get_remaining_time_in_millis=lambda: 29_000,
    function_name="GatewayWebhooks",
    memory_limit_in_mb=256,
    invoked_function_arn="arn",
    aws_request_id="1",
)


class Receiver:
    """Stands for the use case."""

    def __init__(self, outcome: Reception | Exception) -> None:
        self.outcome = outcome
        self.calls: list[tuple[str, bytes, str | None]] = []

    def receive(
        self, practice_id: str, body: bytes, signature: str | None, seconds_left: Any
    ) -> Received:
        assert seconds_left() == 29
        self.calls.append((practice_id, body, signature))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return Received(self.outcome, Taken())


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The handler's module, over nothing."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Test")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr(Wiring, "from_environment", lambda: SimpleNamespace())
    sys.modules.pop("reconcile_payments.webhook", None)
    return importlib.import_module("reconcile_payments.webhook")


def post(webhook: ModuleType, receiver: Receiver, **event: object) -> dict[str, Any]:
    webhook.wiring.gateway_webhooks = receiver
    given = {
        "pathParameters": {"practice_id": "harbor"},
        "headers": {"X-Anet-Signature": "sha512=AB"},
        "body": "{}",
        "isBase64Encoded": False,
        **event,
    }
    answer: dict[str, Any] = webhook.handler(given, CONTEXT)
    return answer


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        (Reception.TAKEN, 200, None),
        (Reception.NOTHING, 200, None),
        (Reception.GARBLED, 400, "garbled"),
        (Reception.NOT_GENUINE, 401, "not_genuine"),
        (GatewayError("timeout"), 503, "try_again"),
        (ValueError("a name"), 503, "try_again"),
    ],
)
def test_each_outcome_has_its_answer(
    webhook: ModuleType,
    capsys: pytest.CaptureFixture[str],
    *,
    outcome: Reception | Exception,
    status: int,
    code: str | None,
) -> None:
    receiver = Receiver(outcome)
    answer = post(webhook, receiver)
    assert answer["statusCode"] == status
    assert receiver.calls == [("harbor", b"{}", "sha512=AB")]
    assert answer["headers"]["Cache-Control"] == "no-store"
    if code is None:
        assert answer["body"] == ""
    else:
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert json.loads(answer["body"])["code"] == code
    assert "a name" not in capsys.readouterr().out
    assert post(webhook, receiver) == answer, "the same bytes"


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ({"body": '{"amount": 300.00, "é": 1}'}, '{"amount": 300.00, "é": 1}'.encode()),
        (
            {"body": base64.b64encode(b'{"\xff": 300.00}').decode(), "isBase64Encoded": True},
            b'{"\xff": 300.00}',
        ),
        ({"body": None}, b""),
        ({"body": "x" * 65_536}, b"x" * 65_536),
    ],
    ids=["text", "bytes", "nothing", "as large as may be"],
)
def test_the_bytes_are_taken_as_they_came(
    webhook: ModuleType, event: dict[str, object], body: bytes
) -> None:
    receiver = Receiver(Reception.TAKEN)
    post(webhook, receiver, **event)
    assert [call[1] for call in receiver.calls] == [body]


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"body": "x" * 65_537}, 413),
        ({"body": "é" * 40_000}, 413),
        ({"body": "not base64!", "isBase64Encoded": True}, 400),
    ],
)
def test_what_is_too_large_or_broken_is_not_even_looked_at(
    webhook: ModuleType, event: dict[str, object], status: int
) -> None:
    receiver = Receiver(Reception.TAKEN)
    assert post(webhook, receiver, **event)["statusCode"] == status
    assert receiver.calls == []


def test_a_request_without_headers_and_practice_is_nobodys(webhook: ModuleType) -> None:
    receiver = Receiver(Reception.NOT_GENUINE)
    post(webhook, receiver, headers=None, pathParameters=None)
    assert receiver.calls == [("", b"{}", None)]
