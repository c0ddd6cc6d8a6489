"""Feeding reports and replies to a local stack, on the way that they take when deployed."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from infra.local.journal import Journal
from infra.local.outbox import Message
from infra.local.provider_reports import (
    REPLIES,
    ReportType,
    Sent,
    email_event,
    reply,
    text_record,
)
from infra.local.waiting import LONGEST_SECONDS, is_drained, wait_until

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from infra.local.clients import Clients
    from infra.local.phone_network import PhoneNetwork
    from infra.local.suppression_list import SuppressionList

_QUEUE_READER = "DeliveryEvents"
_LOG_READER = "TextDeliveryLog"
_LOG_STREAM = "local"


class Delivery:
    """Reports arrive one after the other; each is done with when its method returns.

    Emails' go to the topic of the configuration set and texts' into the delivery log, as SES and
    SNS put them there. A reply goes into the queue behind its topic, since the emulator would stamp
    it with its own time.
    """

    def __init__(
        self,
        client: Clients,
        outputs: dict[str, str],
        *,
        journal: Journal,
        network: PhoneNetwork,
        suppressed: SuppressionList,
        sender: str,
    ) -> None:
        self._client = client
        self._outputs = outputs
        self._journal = journal
        self._network = network
        self._suppressed = suppressed
        self._sender = sender
        self._lock = threading.Lock()
        self._on_their_way: list[threading.Thread] = []

    def report_email(
        self, sent: Sent, kind: ReportType, at: datetime, *, sub_type: str | None = None
    ) -> None:
        """Report what became of an email; what makes an address bad puts it on SES's list."""
        if kind in (ReportType.BOUNCE, ReportType.COMPLAINT):
            self._suppressed.add(sent.to)
        event = email_event(sent, kind, at, self._sender, sub_type=sub_type)
        topic = self._outputs["EmailEventTopicArn"]

        def publish() -> None:
            self._client("sns").publish(TopicArn=topic, Message=event)

        self._feed_queue(publish)

    def report_text(self, sent: Sent, kind: ReportType, at: datetime) -> None:
        """Report what became of a text; an opt-out is also put on the list of the account."""
        if kind is ReportType.OPT_OUT:
            self._network.stop(sent.to)
        self.log_text(text_record(sent, kind, at), failed=kind is not ReportType.DELIVERED)

    def report_swallowed(self, message: Message) -> None:
        """Let it be reported, some time after it was taken, that a message was not sent."""
        sent = Sent.of(message)
        report = (
            partial(self.report_text, sent, ReportType.OPT_OUT, message.sent_at)
            if message.channel == "text"
            else partial(
                self.report_email,
                sent,
                ReportType.BOUNCE,
                message.sent_at,
                sub_type="OnAccountSuppressionList",
            )
        )
        work = threading.Thread(target=report, daemon=True)
        self._on_their_way.append(work)
        work.start()

    def settle(self) -> None:
        """Wait for the reports that are on their way."""
        while self._on_their_way:
            self._on_their_way.pop().join()

    def log_text(self, record: str, *, failed: bool) -> None:
        """Write a record into the delivery log of texts."""
        logs: CloudWatchLogsClient = self._client("logs")
        group = self._log_group(logs, failed=failed)
        with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(logGroupName=group, logStreamName=_LOG_STREAM)

        def put() -> None:
            event = {"timestamp": int(time.time() * 1000), "message": record}
            logs.put_log_events(
                logGroupName=group,
                logStreamName=_LOG_STREAM,
                logEvents=[event],  # type: ignore[list-item] # the stubs want a class of theirs
            )

        with self._lock:
            self._awaiting(_LOG_READER, put)

    def reply(self, number: str, text: str, at: datetime) -> None:
        """Reply to a text; the carrier heeds the two words that it knows, as carriers do."""
        if text == REPLIES[ReportType.INBOUND_STOP]:
            self._network.stop(number)
        elif text == REPLIES[ReportType.INBOUND_START]:
            self._network.start(number)
        topic, queue = self._outputs["ReplyTopicArn"], self._outputs["DeliveryEventQueueUrl"]
        notification = reply(number, text, at, topic_arn=topic)
        sqs = self._client("sqs")
        self._feed_queue(lambda: sqs.send_message(QueueUrl=queue, MessageBody=notification))

    def _feed_queue(self, put: Callable[[], object]) -> None:
        queue = self._outputs["DeliveryEventQueueUrl"]
        with self._lock:
            self._awaiting(_QUEUE_READER, put)
            wait_until(
                lambda: is_drained(self._client("sqs"), queue),
                "the queue of delivery events",
                within_seconds=LONGEST_SECONDS,
            )

    def _awaiting(self, function: str, put: Callable[[], object]) -> None:
        position = self._journal.position()
        put()

        def ended() -> bool:
            report = self._journal.since(position)
            return bool(report.succeeded[function] or report.failed[function])

        wait_until(ended, f"a run of {function}", within_seconds=LONGEST_SECONDS)

    def _log_group(self, logs: CloudWatchLogsClient, *, failed: bool) -> str:
        groups = logs.describe_log_groups(logGroupNamePrefix="sns/")["logGroups"]
        names = sorted((group["logGroupName"] for group in groups), key=len)
        return names[-1] if failed else names[0]
