"""What the import does, asked of its function directly, with files that lie in the bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from balance_alerts.imports.run import STOP_WITH_SECONDS_LEFT
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.imports import ImportKind, ImportRecord, Imports
from infra.local.deploy import STACK_NAME
from infra.local.waiting import LONGEST_SECONDS, wait_until
from tests.component.imports.worker import entries, patients
from tests.stack.due import Clinic
from tests.stack.portal_client import Browser
from tests.stack.rights.direct import TAKEN, invoke_with

DEMO_835 = Path(__file__).parents[2] / "data" / "835" / "demo.835"
_FUNCTION = "import-balances"


def uploaded(clinic: Clinic, kind: ImportKind, content: bytes) -> ImportJob:
    stack = clinic.stack
    job = ImportJob.new(clinic.practice.practice_id, kind, stack.now())
    bucket = stack.outputs["ImportBucketName"]
    stack.client("s3").put_object(Bucket=bucket, Key=job.key, Body=content)
    return job


def run(clinic: Clinic, job: ImportJob) -> Any:
    return invoke_with(clinic.stack, _FUNCTION, json.dumps({"continue": job.key}))


def taken_in(clinic: Clinic, job: ImportJob) -> ImportRecord:
    assert run(clinic, job) == TAKEN
    imports = Imports()

    def ended() -> bool:
        return imports.get(job.practice_id, job.import_id).finished

    # The stack's own worker was told of the upload as well, and may be the one that is at it.
    wait_until(ended, f"import {job.import_id}", within_seconds=LONGEST_SECONDS)
    record = imports.get(job.practice_id, job.import_id)
    assert record.state == "done", (record.error_code, record.error_message)
    return record


def patients_are_taken_in(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("p-1")
    moved = {"patient_id": "p-1", "mobile": "202-555-0111", "time_zone": "America/Chicago"}
    job = uploaded(clinic, ImportKind.PATIENTS, patients(moved, {"patient_id": "p-2"}))
    yield
    record = taken_in(clinic, job)
    assert (record.counts.added, record.counts.changed) == (1, 1)


def entries_are_taken_in_and_bad_lines_refused(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("p-1", owes=0)
    rows = ({"entry_id": "e-1"}, {"entry_id": "e-2", "amount": "lots"})
    job = uploaded(clinic, ImportKind.ENTRIES, entries(*rows))
    yield
    record = taken_in(clinic, job)
    assert (record.counts.added, record.counts.refused) == (1, 1)


def a_remittance_is_taken_in(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("666123")
    job = uploaded(clinic, ImportKind.REMITTANCE, DEMO_835.read_bytes())
    yield
    assert taken_in(clinic, job).total_lines == 2


def a_long_file_is_gone_on_with_later(clinic: Clinic, _: Browser) -> Iterator[None]:
    clinic.patient("p-1", owes=0)
    job = uploaded(clinic, ImportKind.ENTRIES, entries({"entry_id": "e-1"}))
    functions, name = clinic.stack.client("lambda"), f"{STACK_NAME}-{_FUNCTION}"
    timeout = functions.get_function_configuration(FunctionName=name)["Timeout"]
    functions.update_function_configuration(FunctionName=name, Timeout=int(STOP_WITH_SECONDS_LEFT))
    try:
        yield
        assert run(clinic, job) == TAKEN
    finally:
        functions.update_function_configuration(FunctionName=name, Timeout=timeout)
    assert Imports().get(job.practice_id, job.import_id).lines_read == 1
