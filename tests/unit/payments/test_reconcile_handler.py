"""What the scheduled reconciliation tells of money: sums of several payments, never one amount."""

from __future__ import annotations

import importlib
import json
import sys
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from balance_alerts.payments.receipts import OwedReceipts
from balance_alerts.payments.reconcile_report import ReconcileReport
from balance_alerts.wiring import Wiring

CONTEXT = SimpleNamespace(
    get_remaining_time_in_millis=lambda: 300_000,
    function_name="ReconcilePayments",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn",
    aws_request_id="1",
)


@pytest.fixture
def reconcile(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The handler's module, over nothing."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Test")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr(Wiring, "from_environment", lambda: SimpleNamespace())
    sys.modules.pop("reconcile_payments.handler", None)
    return importlib.import_module("reconcile_payments.handler")


def run(reconcile: ModuleType, report: ReconcileReport) -> dict[str, Any]:
    """What is answered about a run that came to this."""
    reconcile.wiring.now = lambda: datetime(2026, 3, 3, 8, tzinfo=UTC)
    reconcile.wiring.receipts = SimpleNamespace(queue_owed=lambda _: OwedReceipts())
    reconcile.wiring.reconciliation = SimpleNamespace(run=lambda *_, **__: report)
    answer: dict[str, Any] = reconcile.handler({}, CONTEXT)
    return answer


def metrics(text: str) -> dict[str, Any]:
    """The values of the line of metrics, by name."""
    lines = [json.loads(line) for line in text.splitlines() if '"PaymentsSettled"' in line]
    (line,) = [line for line in lines if "_aws" in line]
    return line


@pytest.mark.parametrize(
    ("settled", "cents", "dollars"),
    [(0, 0, None), (1, 73_119, None), (2, 73_119, [731.0]), (40, 1_000_099, [10_000.0])],
)
def test_money_is_told_in_dollars_of_two_payments_or_more(
    reconcile: ModuleType,
    capsys: pytest.CaptureFixture[str],
    settled: int,
    cents: int,
    dollars: list[float] | None,
) -> None:
    answer = run(reconcile, ReconcileReport(settled=settled, settled_cents=cents))
    told = capsys.readouterr().out
    line = metrics(told)
    assert line["PaymentsSettled"] == [settled]
    assert line.get("MoneyInDollars") == dollars
    assert answer["settled"] == settled
    assert "settled_cents" not in answer
    assert "settled_cents" not in told
    assert str(cents) not in told or cents == 0
