"""Entry point of the patient portal."""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.http_api.serving import HttpApi
from balance_alerts.store import table
from balance_alerts.telemetry import function_logger
from balance_alerts.wiring import Wiring
from portal.operations import OPERATIONS
from portal.pages import Pages
from portal.routes import Routes

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()


def _count(metric: str) -> None:
    metrics.add_metric(metric, MetricUnit.Count, 1)


routes = Routes(
    wiring, Pages(os.environ["CARD_FORM_ORIGINS"]), os.environ["CARD_FORM_SCRIPT_URL"], _count
)
api = HttpApi(
    OPERATIONS,
    act_of=lambda operation: getattr(routes, operation.name),
    clock=wiring.now,
    count=_count,
    logger=logger,
)
table.client()  # built while the function starts, when Lambda gives it a whole processor


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return api.resolve(event, context)
