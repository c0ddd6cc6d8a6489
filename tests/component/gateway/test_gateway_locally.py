"""What the stand-in does for a local stack: late webhooks, days that end, a fresh start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from balance_alerts.gateway.authorize_net import AuthorizeNet
from balance_alerts.gateway.codes import ChargeOutcome
from infra.local.gateway.gateway import Gateway
from infra.local.gateway.webhooks import When
from tests.component.conftest import StoppedClock
from tests.component.gateway.conftest import LOGIN, Asked

NOBODY = "http://127.0.0.1:9/"


def statuses(gateway: Gateway) -> list[str]:
    return [charge["status"] for charge in gateway.charges()]


def test_late_webhooks_come_when_they_are_asked_for(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    gateway.late_webhooks, gateway.hang_seconds = True, 0.1
    gateway.webhooks.subscribe(LOGIN, NOBODY)
    for number, mode in enumerate(["approve", "timeout_after_charge", "garbled"]):
        gateway.set_mode(mode)
        client.charge(asked(f"ba{number}"))
    for when, told in [(When.AT_ONCE, 0), (When.ONCE_ANSWERED, 1), (When.MUCH_LATER, 3)]:
        gateway.webhooks.deliver(when)
        gateway.webhooks.wait()
        assert len(gateway.webhooks.sent) == told


def test_a_gateway_that_hangs_up_leaves_the_outcome_unknown(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    gateway.hang_seconds = 0.1
    gateway.set_mode("timeout_after_charge")
    assert client.charge(asked()).outcome is ChargeOutcome.UNKNOWN
    assert statuses(gateway) == ["capturedPendingSettlement"]


def test_days_are_settled_once_they_ended_a_day_ago(
    gateway: Gateway, client: AuthorizeNet, asked: Asked, clock: StoppedClock
) -> None:
    clock.now = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    client.charge(asked("ba1"))
    gateway.set_mode("hold")
    client.charge(asked("ba2"))
    gateway.set_mode("approve")
    clock.now += timedelta(hours=2)
    client.charge(asked("ba3"))
    gateway.settle_days_before()
    assert client.settled_batches(clock.now - timedelta(days=1), clock.now) == []
    clock.now += timedelta(days=1)
    gateway.settle_days_before()
    (batch,) = client.settled_batches(clock.now - timedelta(days=1), clock.now)
    assert batch.settled_at == datetime(2026, 3, 4, tzinfo=UTC)
    assert statuses(gateway) == [
        "settledSuccessfully", "FDSPendingReview", "capturedPendingSettlement",
    ]  # fmt: skip


def test_a_reset_leaves_nothing_behind(
    gateway: Gateway, client: AuthorizeNet, asked: Asked
) -> None:
    before = asked("ba1")
    client.charge(asked("ba2"))
    gateway.webhooks.subscribe(LOGIN, NOBODY)
    gateway.set_mode("down")
    gateway.reset()
    assert client.charge(before).outcome is ChargeOutcome.FAILED
    client.charge(asked("ba2"))
    assert statuses(gateway) == ["capturedPendingSettlement"]
    assert gateway.webhooks.sent == []
