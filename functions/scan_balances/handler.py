"""Entry point of the scheduled scan."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.telemetry import function_logger
from balance_alerts.wiring import Wiring

logger = function_logger()
metrics = Metrics()
scan = Wiring.from_environment().scan


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Scan every practice, or those that another worker handed over."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    if "practice_ids" in event:
        report = scan.run_handed_over(event["practice_ids"], seconds_left)
    else:
        report = scan.run(seconds_left)
        # Told by the first worker only: it counts them all.
        metrics.add_metric("PracticesSending", MetricUnit.Count, report.sending)
    metrics.add_metric("AccountsDue", MetricUnit.Count, report.due)
    metrics.add_metric("AlertsQueued", MetricUnit.Count, report.queued)
    metrics.add_metric("PracticesScanned", MetricUnit.Count, report.practices)
    metrics.add_metric("ScanTroubles", MetricUnit.Count, report.troubles)
    metrics.add_metric("ScansCutShort", MetricUnit.Count, int(not report.complete))
    logger.info("scanned", extra=asdict(report))
    return asdict(report)
