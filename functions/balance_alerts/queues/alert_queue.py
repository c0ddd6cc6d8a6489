"""The queue between scan and sender."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

logger = logging.getLogger(__name__)

SLICE_SIZE = 25
"""Accounts a message: as many as one batch of claims takes."""

MESSAGES_A_CALL = 10
TRIES = 4
_FRESH_LINKS = "#fresh-links"
"""Their own group, which no practice can be called: a flood of them delays no alerts."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some accounts of one practice that were due when they were queued."""

    practice_id: str
    patient_ids: tuple[str, ...]

    def to_body(self) -> str:
        """As a message body."""
        return json.dumps({"practice_id": self.practice_id, "patient_ids": self.patient_ids})

    @classmethod
    def from_body(cls, body: str) -> Slice:
        """From a message body; each account once."""
        content = json.loads(body)
        patient_ids = tuple(dict.fromkeys(content["patient_ids"]))
        if len(patient_ids) > SLICE_SIZE:
            raise ValueError(f"a slice holds at most {SLICE_SIZE} accounts")
        return cls(content["practice_id"], patient_ids)


@dataclass(frozen=True, slots=True)
class FreshLinkWanted:
    """Somebody asks for a fresh link in place of one whose token has this digest.

    Whether that is a link at all, and where a fresh one may go, is for the sender to find out.
    """

    digest: str

    def to_body(self) -> str:
        """As a message body."""
        return json.dumps({"fresh_link_for": self.digest})


def message_of(body: str) -> Slice | FreshLinkWanted:
    """What a message asks for."""
    digest = json.loads(body).get("fresh_link_for")
    return Slice.from_body(body) if digest is None else FreshLinkWanted(digest)


class AlertQueue:
    """Puts slices on the queue, ten a call."""

    def __init__(
        self, client: SQSClient, queue_url: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._queue_url = queue_url
        self._sleep = sleep

    def put(self, slices: Iterable[Slice]) -> int:
        """Queue slices as they come; returns how many accounts were queued.

        Those the queue would not take after some tries are left out: their accounts stay due, and
        the next scan finds them again.
        """
        return sum(self._put(batch) for batch in _batches(slices))

    def want_fresh_link(self, wanted: FreshLinkWanted) -> None:
        """Queue a wish for a fresh link, apart from every practice's alerts."""
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=wanted.to_body(),
            MessageGroupId=_FRESH_LINKS,
        )

    def _put(self, batch: Sequence[Slice]) -> int:
        left: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": some.to_body(),
                # Fair queueing: a large practice does not keep a small one waiting.
                "MessageGroupId": some.practice_id,
            }
            for number, some in enumerate(batch)
        ]
        for attempt in range(TRIES):
            if attempt:
                self._sleep(0.1 * 2**attempt)
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=left)
            failed = {failure["Id"] for failure in answer.get("Failed", [])}
            left = [entry for entry in left if entry["Id"] in failed]
            if not left:
                break
        if left:
            logger.warning("%d slices could not be queued; the next scan finds them", len(left))
        not_queued = {int(entry["Id"]) for entry in left}
        return sum(
            len(some.patient_ids) for number, some in enumerate(batch) if number not in not_queued
        )


def slices_of(practice_id: str, patient_ids: Iterable[str]) -> Iterator[Slice]:
    """Cut accounts of one practice, as they come, into slices."""
    ids = iter(patient_ids)
    while some := tuple(islice(ids, SLICE_SIZE)):
        yield Slice(practice_id, some)


def _batches(slices: Iterable[Slice]) -> Iterator[list[Slice]]:
    coming = iter(slices)
    while batch := list(islice(coming, MESSAGES_A_CALL)):
        yield batch
