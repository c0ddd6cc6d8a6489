"""Entry point of previews that take longer than anybody waits for an answer."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.http_api.shapes import parse, plain
from balance_alerts.store.preview_jobs import PreviewJobs, PreviewJobState
from balance_alerts.telemetry import function_logger
from balance_alerts.wiring import Wiring
from staff.requests.practice import AlertSettingsChange, alert_changes

logger = function_logger()
wiring = Wiring.from_environment()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Foresee the alerts of one practice; the event holds ids alone."""
    preview_of(wiring, str(event["practice_id"]), str(event["job_id"]))


def preview_of(parts: Wiring, practice_id: str, job_id: str) -> None:
    """Do what a job asks for, and tell how far it is. Doing it again does no harm."""
    jobs, previews = PreviewJobs(), parts.previews
    job = jobs.get(practice_id, job_id, parts.now())

    def tell(looked_at: int) -> None:
        job.looked_at = looked_at
        jobs.tell(job)

    try:
        practice = previews.would_be(
            practice_id, alert_changes(parse(AlertSettingsChange, job.asked))
        )
        patient_ids = previews.patient_ids(practice_id)
        job.accounts = len(patient_ids)
        tell(0)
        view = previews.foresee(practice, patient_ids, tell=tell)
    except Exception:
        job.state = PreviewJobState.FAILED.value
        jobs.tell(job)
        raise
    job.state, job.looked_at = PreviewJobState.DONE.value, len(patient_ids)
    job.result = plain(view)
    jobs.tell(job)
    logger.info("foresaw alerts", extra={"job_id": job_id, "accounts": len(patient_ids)})
