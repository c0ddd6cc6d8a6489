"""Entry point of work that takes longer than anybody waits for an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from balance_alerts.domain.errors import RuleError
from balance_alerts.http_api.csv_text import CSV
from balance_alerts.http_api.shapes import plain
from balance_alerts.store.jobs import JobKind, JobRecord
from balance_alerts.store.practice_accounts import patient_ids_of
from balance_alerts.store.races import LostRace
from balance_alerts.telemetry import failure, function_logger
from balance_alerts.wiring import Wiring
from staff.background.preview import PreviewWork
from staff.background.reports import AlertReportWork, PaymentReportWork
from staff.background.work import Work

logger = function_logger()
wiring = Wiring.from_environment()

WORK: Mapping[JobKind, type[Work]] = {
    each.kind: each for each in (PreviewWork, AlertReportWork, PaymentReportWork)
}


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Do one job; the event holds ids alone.

    A try that fails raises, upon which Lambda starts the next one. A worker that is stopped leaves
    the job to the next try, too; after the last one the job counts as failed by its age.
    """
    job = wiring.jobs.get(str(event["practice_id"]), str(event["job_id"]), wiring.now())
    logger.append_keys(job_id=job.job_id, kind=job.kind)
    try:
        _do(job)
    except LostRace:
        logger.info("another worker ended this job")
    except RuleError as error:
        logger.warning("a job cannot be done", extra={"code": error.code})
        _fail(job)
    except Exception as error:
        logger.error("a job failed", extra=failure(error))
        if not job.may_be_tried_again:
            _fail(job)
        raise


def _do(job: JobRecord) -> None:
    """Do what it asks for, and tell how far it is."""
    jobs, practice_id = wiring.jobs, job.practice_id
    jobs.begin_try(job)
    patient_ids = patient_ids_of(practice_id)
    jobs.tell(job, 0, accounts=len(patient_ids))
    work = WORK[JobKind(job.kind)](wiring, practice_id, job.asked)
    outcome = work.done(patient_ids, partial(jobs.tell, job, accounts=len(patient_ids)))
    file_key = None
    if outcome.table is not None:
        file_key = wiring.job_files.put(
            practice_id, job.job_id, name=work.table_name, text=outcome.table, kind=CSV
        )
    content = None if outcome.content is None else json.dumps(plain(outcome.content))
    jobs.finish(job, content=content, file_key=file_key)
    logger.info("a job is done", extra={"accounts": len(patient_ids)})


def _fail(job: JobRecord) -> None:
    with suppress(LostRace):
        wiring.jobs.fail(job)
