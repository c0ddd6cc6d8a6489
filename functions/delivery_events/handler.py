"""Entry point of what comes by queue: reports of emails, and replies to texts."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.channels.email_events import email_event
from balance_alerts.channels.reply_words import Reply
from balance_alerts.telemetry import failure, function_logger
from balance_alerts.wiring import Wiring
from delivery_events.counting import count_report

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

REPLY_METRICS = {
    Reply.STOP: "RepliesStop",
    Reply.START: "RepliesStart",
    Reply.HELP: "RepliesHelp",
    None: "RepliesOther",
}

_TOPIC_TEST = "Successfully validated SNS topic"
"""What SES publishes once, when it is told of its topic."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Take each message; what cannot be taken goes back to the queue, in the end to its dead."""

    def take(record: SQSRecord) -> None:
        try:
            _take(json.loads(record.body))
        except Exception as error:
            logger.error("delivery event failed", extra=failure(error))
            metrics.add_metric("DeliveryEventsFailed", MetricUnit.Count, 1)
            raise

    return process_partial_response(
        event=event, record_handler=take, processor=processor, context=context
    )


def _take(notification: dict[str, Any]) -> None:
    """Take what a topic delivered."""
    if notification["Message"].startswith(_TOPIC_TEST):
        return
    message = json.loads(notification["Message"])
    if "messageBody" in message:
        _take_reply(message, at=datetime.fromisoformat(notification["Timestamp"]))
    else:
        _take_email_event(message)


def _take_reply(message: dict[str, Any], *, at: datetime) -> None:
    asked = wiring.reply_desk.take(message["originationNumber"], message["messageBody"], at=at)
    metrics.add_metric(REPLY_METRICS[asked], MetricUnit.Count, 1)
    logger.info("reply", extra={"asked": asked.value if asked else "other"})


def _take_email_event(message: dict[str, Any]) -> None:
    event = email_event(message)
    if event is None:
        return
    news = wiring.report_desk.take_email(event)
    count_report(metrics, "Emails", event.report, news=news)
    logger.info("email report", extra={"status": event.report.status.value, "news": news})
