"""The queue to the sender: of alerts that are due, and of what else patients wait for."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

logger = logging.getLogger(__name__)

SLICE_SIZE = 25
"""Accounts a message: as many as one batch of claims takes."""

MESSAGES_A_CALL = 10
TRIES = 4
_FRESH_LINKS = "#fresh-links"
_RECEIPTS = "#receipts"
_HELP = "#help"
"""Their own groups, which no practice can be called: a flood of them delays no alerts."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some accounts of one practice that were due when they were queued."""

    practice_id: str
    patient_ids: tuple[str, ...]

    @property
    def group(self) -> str:
        """Fair queueing: a large practice does not keep a small one waiting."""
        return self.practice_id

    def to_body(self) -> str:
        """As a message body."""
        return json.dumps({"practice_id": self.practice_id, "patient_ids": self.patient_ids})

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Slice:
        """From what a message holds; each account once."""
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
    group: ClassVar[str] = _FRESH_LINKS

    def to_body(self) -> str:
        """As a message body."""
        return json.dumps({"fresh_link_for": self.digest})


@dataclass(frozen=True, slots=True)
class ReceiptWanted:
    """The receipt of a payment may be owed; whether it is, and where it goes, the sender finds."""

    practice_id: str
    patient_id: str
    attempt_id: str
    group: ClassVar[str] = _RECEIPTS

    def to_body(self) -> str:
        """As a message body."""
        return json.dumps({"receipt_for": [self.practice_id, self.patient_id, self.attempt_id]})


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """Somebody replied HELP, from the number that was then on file for an account.

    It is on file for others too, maybe; this one tells which practice answers, in which language.
    """

    practice_id: str
    patient_id: str
    asked_at: datetime
    group: ClassVar[str] = _HELP

    def to_body(self) -> str:
        """As a message body."""
        asked = [self.practice_id, self.patient_id, self.asked_at.isoformat()]
        return json.dumps({"help_for": asked})


Message = Slice | FreshLinkWanted | ReceiptWanted | HelpWanted
M = TypeVar("M", bound=Message)


def message_of(body: str) -> Message:
    """What a message asks for."""
    content = json.loads(body)
    if "fresh_link_for" in content:
        return FreshLinkWanted(content["fresh_link_for"])
    if "receipt_for" in content:
        return ReceiptWanted(*content["receipt_for"])
    if "help_for" in content:
        practice_id, patient_id, asked_at = content["help_for"]
        return HelpWanted(practice_id, patient_id, datetime.fromisoformat(asked_at))
    return Slice.from_content(content)


class AlertQueue:
    """Puts messages on the queue, ten a call."""

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
        return sum(len(some.patient_ids) for some in self.put_all(slices))

    def put_one(self, message: Message) -> None:
        """Queue one message, in one call."""
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=message.to_body(),
            MessageGroupId=message.group,
        )

    def put_all(self, messages: Iterable[M]) -> Iterator[M]:
        """Queue messages as they come; those that the queue took."""
        for batch in _batches(messages):
            yield from self._put(batch)

    def _put(self, batch: Sequence[M]) -> list[M]:
        left: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": message.to_body(),
                "MessageGroupId": message.group,
            }
            for number, message in enumerate(batch)
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
            logger.warning("%d messages could not be queued; the next run finds them", len(left))
        not_queued = {int(entry["Id"]) for entry in left}
        return [message for number, message in enumerate(batch) if number not in not_queued]


def slices_of(practice_id: str, patient_ids: Iterable[str]) -> Iterator[Slice]:
    """Cut accounts of one practice, as they come, into slices."""
    ids = iter(patient_ids)
    while some := tuple(islice(ids, SLICE_SIZE)):
        yield Slice(practice_id, some)


def _batches(messages: Iterable[M]) -> Iterator[list[M]]:
    coming = iter(messages)
    while batch := list(islice(coming, MESSAGES_A_CALL)):
        yield batch
