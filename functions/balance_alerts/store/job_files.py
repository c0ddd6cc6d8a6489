"""Files that jobs make, which may be larger than an item of the table or an answer may be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class JobFiles:
    """Where they lie in the bucket, which forgets them after a day."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, practice_id: str, job_id: str, *, name: str, text: str, kind: str) -> str:
        """Put a job's file there, to be saved under `name` by whoever gets it; returns its key.

        Doing it again does no harm.
        """
        key = f"jobs/{practice_id}/{job_id}"
        self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=text.encode(),
            ContentType=kind,
            ContentDisposition=f'attachment; filename="{name}"',
        )
        return key

    def address(self, key: str, *, within: timedelta) -> str:
        """Where anyone who has the address gets this one file for a while."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket, "Key": key},
            ExpiresIn=int(within.total_seconds()),
        )
