"""Entry point of the delivery log that SNS writes of texts."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import CloudWatchLogsEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.channels.text_records import text_record
from balance_alerts.delivery.unsent import NotRecordedYet
from balance_alerts.domain.channel_stop import NO_QUOTA
from balance_alerts.telemetry import failure, function_logger
from balance_alerts.wiring import Wiring
from delivery_events.counting import count_report

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()


_RECORDS = "DATA_MESSAGE"
"""Of the other kind CloudWatch Logs sends a line of its own, to see whether we are there."""


class RecordsNotTaken(Exception):
    """Some records broke or came early, as the log tells; a traceback would quote a number."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Take each record. What was not taken comes once more, with the others, which is harmless."""
    data = CloudWatchLogsEvent(event).parse_logs_data()
    if data.message_type != _RECORDS:
        return
    left = 0
    for line in data.log_events:
        try:
            _take(line.message)
        except NotRecordedYet:
            # Tried again twice; where that was too early as well, `balance-alerts replay-texts`.
            logger.warning("text record came before its alert", extra={"log_event_id": line.get_id})
            left += 1
        except Exception as error:
            # The record itself lies in the log group that it came from, under this id.
            logger.error(
                "text record failed", extra={"log_event_id": line.get_id, **failure(error)}
            )
            metrics.add_metric("DeliveryEventsFailed", MetricUnit.Count, 1)
            left += 1
    if left:
        raise RecordsNotTaken(f"{left} records")


def _take(message: str) -> None:
    record = text_record(json.loads(message))
    news = wiring.report_desk.take_text(record)
    count_report(metrics, "Texts", record.report, news=news)
    if news and record.report.detail == NO_QUOTA:
        metrics.add_metric("TextsStopped", MetricUnit.Count, 1)
    extra = {"status": record.report.status.value, "detail": record.report.detail, "news": news}
    logger.info("text report", extra=extra)
