"""Entry point of the staff API and the console."""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.http_api.serving import HttpApi
from balance_alerts.telemetry import function_logger
from balance_alerts.wiring import Wiring
from staff.api import OPERATIONS, acts
from staff.console import Console, ConsoleConfig

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()
console = Console(
    ConsoleConfig(sign_in_url=os.environ["SIGN_IN_URL"], client_id=os.environ["CONSOLE_CLIENT_ID"]),
    uploads_url=os.environ["UPLOADS_URL"],
)


def _count(metric: str) -> None:
    metrics.add_metric(metric, MetricUnit.Count, 1)


api = HttpApi(
    OPERATIONS, act_of=acts(wiring, console), clock=wiring.now, count=_count, logger=logger
)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return api.resolve(event, context)
