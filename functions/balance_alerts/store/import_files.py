"""Files to be imported: objects in a bucket, read in ranges from wherever a worker goes on."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from balance_alerts.domain.errors import RuleError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RANGE = 4 * 1024 * 1024
READ_TRIES = 3
UPLOADS = Config(
    connect_timeout=2,
    read_timeout=20,
    signature_version="s3v4",
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
)
"""For the client of `UploadBucket`. Addresses are signed as encrypted buckets want it, and are the
bucket's own in its region: from the one for all regions browsers would have to be led on, which
they refuse."""

_GONE = frozenset({"404", "NoSuchKey", "NotFound", "PreconditionFailed", "412"})


class FileGoneError(RuleError):
    """The file is not there any more, or another one was put in its place."""

    def __init__(self) -> None:
        super().__init__(
            "file_gone",
            "The uploaded file is not there any more, or another one took its place; import it "
            "again from the start.",
        )


class ImportFiles:
    """The bucket of uploaded files."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def find(self, key: str) -> ImportFile:
        """An uploaded file.

        Raises:
            FileGoneError: there is none.
        """
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            raise _gone_or(error) from error
        return ImportFile(
            self._client, self._bucket, key, size=head["ContentLength"], etag=head["ETag"]
        )


class UploadBucket:
    """Where files are put; what is put there is queued for the worker."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes) -> None:
        """Put a file there."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content)

    def upload_url(self, key: str, *, within: timedelta) -> str:
        """Where anyone who has the address may put this one file for a while."""
        return self._client.generate_presigned_url(
            "put_object",
            Params={"Bucket": self._bucket, "Key": key},
            ExpiresIn=int(within.total_seconds()),
        )


class ImportFile:
    """One uploaded file, always the same content: another upload under its key is refused."""

    def __init__(self, client: S3Client, bucket: str, key: str, *, size: int, etag: str) -> None:
        self.size = size
        self.etag = etag
        self._client = client
        self._bucket = bucket
        self._key = key

    def open(self, offset: int = 0) -> FileFrom:
        """The file from `offset` on."""
        return FileFrom(self, offset)

    def range(self, start: int) -> bytes:
        """Some bytes from `start` on, none at the end.

        Raises:
            FileGoneError: the file was removed or replaced meanwhile.
        """
        if start >= self.size:
            return b""
        end = min(start + RANGE, self.size) - 1
        for _ in range(READ_TRIES - 1):
            # The SDK repeats a call that failed, not one whose answer broke off.
            with suppress(BotoCoreError):
                return self._get(start, end)
        return self._get(start, end)

    def _get(self, start: int, end: int) -> bytes:
        try:
            answer = self._client.get_object(
                Bucket=self._bucket,
                Key=self._key,
                Range=f"bytes={start}-{end}",
                IfMatch=self.etag,
            )
        except ClientError as error:
            raise _gone_or(error) from error
        return answer["Body"].read()


class FileFrom:
    """A byte stream over a file.

    It is read in ranges, each at once: while lines are being posted no connection is kept waiting.
    """

    def __init__(self, file: ImportFile, offset: int) -> None:
        self._file = file
        self._next = offset
        self._block = b""
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, none at the end."""
        if self._at >= len(self._block):
            self._block, self._at = self._file.range(self._next), 0
            self._next += len(self._block)
        end = len(self._block) if size < 0 else self._at + size
        some = self._block[self._at : end]
        self._at += len(some)
        return some


def _gone_or(error: ClientError) -> Exception:
    return FileGoneError() if error.response["Error"].get("Code") in _GONE else error
