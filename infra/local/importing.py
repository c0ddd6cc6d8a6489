"""Importing a file as the operator's command does: into the bucket, then wait for the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from balance_alerts.domain.errors import RuleError
from balance_alerts.queues.import_queue import ImportJob
from balance_alerts.store.imports import Counts, ImportKind, ImportRecord, Imports
from balance_alerts.store.refused_lines import RefusedLine
from infra.local.waiting import wait_until

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_WITHIN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a file: counts of lines (claims in an 835), and each refused one.

    `error_code` and `error_message` are set where the file as a whole was not taken in.
    """

    import_id: str
    kind: ImportKind
    state: str
    counts: Counts
    refused: list[RefusedLine]
    error_code: str | None
    error_message: str | None


def import_content(
    s3: S3Client,
    bucket: str,
    practice_id: str,
    content: bytes,
    *,
    kind: ImportKind,
    now: datetime,
) -> ImportOutcome:
    """Upload a file and return what became of it once it is taken in."""
    job = ImportJob.new(practice_id, kind, now)
    import_id = job.import_id
    s3.put_object(Bucket=bucket, Key=job.key, Body=content)
    imports = Imports()
    wait_until(
        lambda: _finished(imports, job), f"import {import_id}", within_seconds=_WITHIN_SECONDS
    )
    record = imports.get(practice_id, import_id)
    return ImportOutcome(
        import_id=import_id,
        kind=kind,
        state=record.state,
        counts=record.counts,
        refused=list(imports.refused(practice_id, import_id)),
        error_code=record.error_code,
        error_message=record.error_message,
    )


def _finished(imports: Imports, job: ImportJob) -> bool:
    record = _entered(imports, job)
    return record is not None and record.finished


def _entered(imports: Imports, job: ImportJob) -> ImportRecord | None:
    """Return the import, which its worker enters when it begins."""
    try:
        return imports.get(job.practice_id, job.import_id)
    except RuleError:
        return None
