"""The gateway is asked about several settlements together, and what it answers stays in order."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.practice import GatewayConnection, Practice
from balance_alerts.gateway.authorize_net import GatewayError
from balance_alerts.gateway.reports import Batch
from balance_alerts.office.deposits import Deposits
from balance_alerts.store import table
from tests import builders

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
BATCHES = 24
TOGETHER = 4
"""So many have to be asked about at one time, or nothing is answered."""


@dataclass
class Merchant:
    """A merchant account with a settlement a day, newest first, that may not tell of some."""

    garbled: frozenset[str] = frozenset()
    together: threading.Barrier = field(default_factory=lambda: threading.Barrier(TOGETHER))

    def settled_batches(self, begins: datetime, _: datetime) -> list[Batch]:
        days = reversed(range(BATCHES))
        return [
            Batch(
                batch_id=f"{day:02}",
                settled_at=begins + timedelta(days=day),
                state="settledSuccessfully",
                charge_count=1,
                charge_cents=day,
                refund_count=0,
                refund_cents=0,
            )
            for day in days
        ]

    def batch_transactions(self, batch_id: str) -> list[Any]:
        if batch_id in self.garbled:
            raise GatewayError("garbled")
        if not self.garbled:
            self.together.wait(timeout=10)
        return []


@pytest.fixture(autouse=True)
def _nothing_in_the_ledgers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "read", lambda _: {})


def deposits_of(merchant: Merchant) -> Deposits:
    class Connections:
        def merchant_of(self, _: Any) -> Merchant:
            return merchant

    connections: Any = Connections()
    return Deposits(connections)


def practice() -> Practice:
    connection = GatewayConnection(
        connection_id="c", api_login_id="login", client_key="key", has_signature_key=False
    )
    return replace(builders.practice(), gateway=connection)


def test_several_are_asked_about_together_and_stay_in_order() -> None:
    merchant = Merchant()
    found = deposits_of(merchant).between(practice(), FIRST, LAST)
    assert [each.gross_cents for each in found] == list(range(BATCHES))
    assert found[0].settled_at == datetime(2026, 3, 1, 5, tzinfo=UTC)


def test_one_that_is_not_told_of_fails_them_all() -> None:
    merchant = Merchant(garbled=frozenset({"20"}))
    with pytest.raises(RuleError) as refused:
        deposits_of(merchant).between(practice(), FIRST, LAST)
    assert refused.value.code == "gateway_unreachable"
