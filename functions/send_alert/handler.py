"""Entry point of the sender."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
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

from balance_alerts.access.fresh_links import FreshLinkOutcome
from balance_alerts.alerts.send import OutOfTime
from balance_alerts.alerts.send_now import Click
from balance_alerts.delivery.help_sender import HelpOutcome
from balance_alerts.domain.audit import Who
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.errors import NotDueError, RuleError
from balance_alerts.payments.receipt_sender import ReceiptOutcome
from balance_alerts.queues.alert_queue import (
    FreshLinkWanted,
    HelpWanted,
    ReceiptWanted,
    Slice,
    message_of,
)
from balance_alerts.telemetry import failure, function_logger
from balance_alerts.wiring import Wiring

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()
wiring.begin_sending()
# A whole batch that fails is answered like any other: raising would put tracebacks, and what they
# quote, into the log.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


RECEIPT_METRICS = {
    ReceiptOutcome.SENT: "ReceiptsSent",
    ReceiptOutcome.UNKNOWN: "ReceiptsUnknown",
    ReceiptOutcome.NOT_SENT: "ReceiptsNotSent",
    ReceiptOutcome.REFUSED: "ReceiptsDropped",
    ReceiptOutcome.NO_ADDRESS: "ReceiptsDropped",
}
HELP_METRICS = {HelpOutcome.SENT: "HelpAnswered", HelpOutcome.UNKNOWN: "HelpUnknown"}
STOP_METRICS = {Channel.TEXT: "TextsStopped", Channel.EMAIL: "EmailsStopped"}
SECONDS_A_MESSAGE_NEEDS = 20.0
"""Claimed by a worker that is stopped half way, a message would be lost."""


class SendNowFailed(Exception):
    """Something broke, as the log tells; no traceback, which would quote what it was about."""


class SliceUnfinished(Exception):
    """Some accounts of a slice met trouble, as the log tells; the others are dealt with."""


def send_slice(queued: Slice, seconds_left: float) -> None:
    """Send the alerts of a slice; one that could not be begun or broke goes back to the queue."""
    try:
        report = wiring.sender.send(queued, seconds_left=seconds_left)
    except OutOfTime:
        logger.info("slice put back")
        raise
    except Exception as error:
        logger.error("slice failed", extra=failure(error))
        metrics.add_metric("SlicesFailed", MetricUnit.Count, 1)
        raise
    metrics.add_metric("AlertsSent", MetricUnit.Count, report.sent)
    metrics.add_metric("AlertsFailed", MetricUnit.Count, report.failed)
    metrics.add_metric("AlertsSkipped", MetricUnit.Count, report.skipped)
    metrics.add_metric("ClaimConflicts", MetricUnit.Count, report.conflicts)
    metrics.add_metric("MessagesUnknown", MetricUnit.Count, report.unknown)
    for channel in Channel:
        # Told until it goes out again: a channel may rest for weeks.
        rests = channel in report.stopped or channel in report.resting
        metrics.add_metric(STOP_METRICS[channel], MetricUnit.Count, int(rests))
    logger.info("slice sent", extra={"practice_id": queued.practice_id, **asdict(report)})
    if report.troubles:
        # Delivered again, the slice skips what is done; what keeps failing ends in the DLQ.
        metrics.add_metric("SlicesFailed", MetricUnit.Count, 1)
        raise SliceUnfinished


def send_fresh_link(wanted: FreshLinkWanted) -> None:
    """Send a fresh link where one may be sent; what certainly was not goes back to the queue."""
    try:
        outcome = wiring.fresh_links.send(wanted.digest)
    except Exception as error:
        logger.error("fresh link failed", extra=failure(error))
        raise
    metrics.add_metric("FreshLinksSent", MetricUnit.Count, int(outcome is FreshLinkOutcome.SENT))
    logger.info("fresh link asked for", extra={"outcome": outcome.value})


def send_receipt(wanted: ReceiptWanted, seconds_left: float) -> None:
    """Email a receipt that is owed; what certainly was not sent stays owed and is queued again."""
    if seconds_left < SECONDS_A_MESSAGE_NEEDS:
        raise OutOfTime
    try:
        outcome = wiring.receipt_sender.send(wanted)
    except Exception as error:
        logger.error("receipt failed", extra={"attempt_id": wanted.attempt_id, **failure(error)})
        raise
    if outcome in RECEIPT_METRICS:
        metrics.add_metric(RECEIPT_METRICS[outcome], MetricUnit.Count, 1)
    logger.info("receipt wanted", extra={"attempt_id": wanted.attempt_id, "outcome": outcome.value})


def send_help(wanted: HelpWanted, seconds_left: float) -> None:
    """Answer HELP where an answer is due; what certainly was not sent goes back to the queue."""
    if seconds_left < SECONDS_A_MESSAGE_NEEDS:
        raise OutOfTime
    ids = {"practice_id": wanted.practice_id, "patient_id": wanted.patient_id}
    try:
        outcome = wiring.help_sender.send(wanted)
    except Exception as error:
        logger.error("help failed", extra={**ids, **failure(error)})
        raise
    if outcome in HELP_METRICS:
        metrics.add_metric(HELP_METRICS[outcome], MetricUnit.Count, 1)
    logger.info("help asked for", extra={**ids, "outcome": outcome.value})


def send_now(wanted: Mapping[str, Any]) -> dict[str, str]:
    """Send one alert at once; the answer is for whoever clicked.

    What breaks is raised: only the click's own key, sent again, tells what came of it.
    """
    click = Click(
        practice_id=wanted["practice_id"],
        patient_id=wanted["patient_id"],
        key_digest=wanted["key_digest"],
        by=Who(**wanted["by"]),
    )
    try:
        alert_id = wiring.send_now.send(click)
    except NotDueError as error:
        return {"reason": error.reason}
    except RuleError as error:
        return {"code": error.code, "message": error.message}
    except Exception as error:
        logger.error("sending now failed", extra=failure(error))
        raise SendNowFailed from None
    metrics.add_metric("AlertsSentByStaff", MetricUnit.Count, 1)
    return {"alert_id": alert_id}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(
    event: dict[str, Any], context: LambdaContext
) -> PartialItemFailureResponse | dict[str, str]:
    """Send each slice; those that could not be begun or broke go back to the queue.

    Called by the staff API, send one alert at once.
    """
    wiring.begin_sending()
    if "send_now" in event:
        return send_now(event["send_now"])

    def send(record: SQSRecord) -> None:
        try:
            message = message_of(record.body)
        except Exception as error:
            logger.error("unreadable message", extra=failure(error))
            metrics.add_metric("SlicesFailed", MetricUnit.Count, 1)
            raise
        seconds_left = context.get_remaining_time_in_millis() / 1000
        if isinstance(message, FreshLinkWanted):
            send_fresh_link(message)
        elif isinstance(message, ReceiptWanted):
            send_receipt(message, seconds_left)
        elif isinstance(message, HelpWanted):
            send_help(message, seconds_left)
        else:
            send_slice(message, seconds_left)

    return process_partial_response(
        event=event, record_handler=send, processor=processor, context=context
    )
