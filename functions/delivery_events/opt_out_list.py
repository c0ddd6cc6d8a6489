"""Entry point of the scheduled look at the numbers that opted out with the provider."""

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
wiring = Wiring.from_environment()


class NumbersNotMarked(Exception):
    """Some numbers could not be marked, as the log tells; the others are."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(_: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Mark the numbers of ours that are on the list; trouble with some fails the run at its end."""
    report = wiring.opt_out_reader.read(lambda: context.get_remaining_time_in_millis() / 1000)
    metrics.add_metric("OptOutsFound", MetricUnit.Count, report.found)
    metrics.add_metric("OptOutListsCutShort", MetricUnit.Count, int(not report.complete))
    logger.info("opt-out list read", extra=asdict(report))
    if report.troubles:
        raise NumbersNotMarked(f"{report.troubles} numbers")
    return asdict(report)
