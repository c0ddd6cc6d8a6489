"""Entry point of the import."""

from __future__ import annotations

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

from balance_alerts.queues.import_queue import ImportJob, jobs_of
from balance_alerts.telemetry import failure, function_logger
from balance_alerts.wiring import Wiring

logger = function_logger()
metrics = Metrics()
wiring = Wiring.from_environment()
# A whole batch that fails is answered like any other: raising would put tracebacks, and what they
# quote, into the log.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

RECEIVES = 3
"""After so many the queue gives a message up, as the template says."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, object], context: LambdaContext) -> PartialItemFailureResponse:
    """Take in each uploaded file, as far as there is time."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    def take_in(record: SQSRecord) -> None:
        last = int(record.attributes.approximate_receive_count) >= RECEIVES
        for job in jobs_of(record.body):
            if job is None:
                # Its name may be anything, a patient's too.
                logger.warning("upload lies where no import does")
                metrics.add_metric("UploadsIgnored", MetricUnit.Count, 1)
            else:
                take_in_file(job, last_try=last)

    def take_in_file(job: ImportJob, *, last_try: bool) -> None:
        ids = {"practice_id": job.practice_id, "import_id": job.import_id}
        try:
            stopped = wiring.loader.load(job, seconds_left)
        except Exception as error:
            logger.error("import broke", extra=ids | failure(error))
            metrics.add_metric("ImportsBroken", MetricUnit.Count, 1)
            if last_try:
                wiring.loader.give_up(job)
            raise
        finally:
            metrics.add_metric("LinesBroken", MetricUnit.Count, wiring.loader.broken_lines)
        metrics.add_metric("ImportRuns", MetricUnit.Count, 1)
        logger.info("import stopped", extra={**ids, "stopped": stopped.value})

    return process_partial_response(
        event=event, record_handler=take_in, processor=processor, context=context
    )
