"""Entry point of the scheduled reconciliation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.telemetry import failure, function_logger
from balance_alerts.wiring import Wiring

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()

FEWEST_TO_SUM = 2
"""Payments that a sum is told of: of a single one it would be that patient's amount."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Reconcile what is due; with `all`, everything now."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    queue_owed_receipts()
    everything = event.get("all") is True
    report = wiring.reconciliation.run(seconds_left, everything=everything)
    for name, count in (
        ("PaymentsPosted", report.payments),
        ("ReturnsPosted", report.returns),
        ("OrphanCharges", report.orphans),
        ("PaymentsSettled", report.settled),
        ("OpenAttempts", report.open_attempts),
        ("UnknownPayments", report.unknown),
        ("ReconciliationsFailed", report.failures),
        ("ReconciliationsCutShort", int(not report.complete)),
        ("GatewayCredentialsRefused", report.suspended),
    ):
        metrics.add_metric(name, MetricUnit.Count, count)
    metrics.add_metric("OldestOpenAttemptSeconds", MetricUnit.Seconds, report.oldest_open_seconds)
    told = asdict(report)
    settled_cents = told.pop("settled_cents")
    if report.settled >= FEWEST_TO_SUM:
        metrics.add_metric("MoneyInDollars", MetricUnit.NoUnit, settled_cents // 100)
    logger.info("reconciled", extra=told)
    return told


def queue_owed_receipts() -> None:
    """Ask again for receipts that were not sent; whatever fails there delays no look-up."""
    try:
        owed = wiring.receipts.queue_owed(wiring.now())
    except Exception as error:
        logger.error("owed receipts are not queued", extra=failure(error))
        metrics.add_metric("ReceiptsNotQueued", MetricUnit.Count, 1)
        return
    metrics.add_metric("ReceiptsQueuedAgain", MetricUnit.Count, owed.queued)
    metrics.add_metric("ReceiptsUnknown", MetricUnit.Count, owed.unknown)
    metrics.add_metric("ReceiptsGivenUp", MetricUnit.Count, owed.given_up)
