"""The queue of uploaded files: what S3 puts on it, and what a worker puts on it to go on later."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from balance_alerts.domain.ids import ID
from balance_alerts.store.imports import ImportKind

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

FILE_NAMES = {
    ImportKind.PATIENTS: "patients.csv",
    ImportKind.ENTRIES: "entries.csv",
    ImportKind.REMITTANCE: "remittance.835",
}
_KINDS = {name: kind for kind, name in FILE_NAMES.items()}
_KEY = re.compile(
    rf"imports/(?P<practice>{ID.pattern})/(?P<id>{ID.pattern})/(?P<file>[a-z]+\.[a-z0-9]+)"
)


A_WORKER_IS_OVER = timedelta(minutes=15)
"""Longer than any worker lives, and as long as SQS delays a message at most."""


@dataclass(frozen=True, slots=True)
class ImportJob:
    """A file to take in."""

    practice_id: str
    import_id: str
    kind: ImportKind

    @classmethod
    def new(cls, practice_id: str, kind: ImportKind, now: datetime) -> ImportJob:
        """A job for a file about to be uploaded, under an id of its own that sorts by time."""
        return cls(practice_id, f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}", kind)

    @property
    def key(self) -> str:
        """Where the file lies in the bucket."""
        return f"imports/{self.practice_id}/{self.import_id}/{FILE_NAMES[self.kind]}"

    @classmethod
    def of_key(cls, key: str) -> ImportJob | None:
        """The job of an uploaded file; None if it lies where no import does."""
        match = _KEY.fullmatch(key)
        if match is None or match["file"] not in _KINDS:
            return None
        return cls(match["practice"], match["id"], _KINDS[match["file"]])


def jobs_of(body: str) -> list[ImportJob | None]:
    """The jobs that a message names: an S3 event, its test event, or a worker's `continue`.

    None stands for a file that lies where no import does.
    """
    content: dict[str, Any] = json.loads(body)
    if "continue" in content:
        uploaded = [content["continue"]]
    else:
        records = content.get("Records", [])
        uploaded = [unquote_plus(record["s3"]["object"]["key"]) for record in records]
    return [ImportJob.of_key(key) for key in uploaded]


class ImportQueue:
    """Lets a worker hand the rest of its file to the next one."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def go_on_later(self, job: ImportJob) -> None:
        """Queue the rest of a file. Twice does no harm: one worker moves an import on."""
        self._client.send_message(
            QueueUrl=self._queue_url, MessageBody=json.dumps({"continue": job.key})
        )

    def look_again(self, job: ImportJob) -> None:
        """Queue a file for when the worker that is at it has finished, or was killed."""
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=json.dumps({"continue": job.key}),
            DelaySeconds=int(A_WORKER_IS_OVER.total_seconds()),
        )
