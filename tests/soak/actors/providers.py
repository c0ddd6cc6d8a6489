"""Providers of texts and emails, and who gets them: reports, replies, and bad moments."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from infra.local.outbox import FaultMode, Message
from infra.local.provider_reports import (
    REPLIES,
    ReportType,
    Sent,
    email_event,
    reply,
    text_record,
)
from tests.soak.answers import Reported
from tests.soak.world import Soak

STREAM = "soak"
OF_TEXTS = (
    (ReportType.DELIVERED, 88),
    (ReportType.SOFT_BOUNCE, 4),
    (ReportType.INVALID_NUMBER, 1),
    (ReportType.CARRIER_BLOCKED, 1),
    (ReportType.INBOUND_STOP, 3),
    (ReportType.INBOUND_START, 3),
)
OF_EMAILS = (
    (ReportType.DELIVERED, 92),
    (ReportType.SOFT_BOUNCE, 4),
    (ReportType.BOUNCE, 2),
    (ReportType.COMPLAINT, 2),
)
FAULTS = (
    FaultMode.THROTTLED,
    FaultMode.SERVER_ERROR_BEFORE,
    FaultMode.SERVER_ERROR_AFTER,
    FaultMode.RESET_BEFORE,
    FaultMode.RESET_AFTER,
)


@dataclass(eq=False)
class Providers:
    """What is to be reported, in no order, at times twice; each until AWS takes it."""

    soak: Soak
    _waiting: list[tuple[Message, ReportType, str | None]] = field(default_factory=list)
    _groups: list[str] = field(default_factory=list)
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def swallowed(self, message: Message) -> None:
        """A message was taken and not sent, since its contact is on the provider's own list."""
        text = message.channel == "text"
        kind = ReportType.OPT_OUT if text else ReportType.BOUNCE
        with self._lock:
            self._waiting.append((message, kind, None if text else "OnAccountSuppressionList"))

    def report(self, random: Random) -> None:
        """Tell what became of some messages."""
        if random.random() < 0.02:
            channel = random.choice(("text", "email"))
            self.soak.stack.outbox.set_fault(channel, random.choice(FAULTS), times=2)
        self._see(random)
        with self._lock:
            random.shuffle(self._waiting)
            now, self._waiting = self._waiting[:20], self._waiting[20:]
        for each in now:
            self._bring(random, each)

    def report_all(self, random: Random) -> None:
        """Tell everything."""
        self._see(random)
        with self._lock:
            now, self._waiting = self._waiting, []
        for each in now:
            self._bring(random, each)

    def _see(self, random: Random) -> None:
        new = self.soak.stack.outbox.messages()[self._seen :]
        with self._lock:
            self._seen += len(new)
            for message in new:
                kinds, weights = zip(
                    *(OF_TEXTS if message.channel == "text" else OF_EMAILS), strict=True
                )
                (kind,) = random.choices(kinds, weights)
                self._waiting += [(message, kind, None)] * (1 + (random.random() < 0.1))

    def _bring(self, random: Random, one: tuple[Message, ReportType, str | None]) -> None:
        message, kind, sub_type = one
        at = time.monotonic()
        if self._hand_over(message, kind, sub_type) is None:
            with self._lock:
                self._waiting.append(one)
            return
        if kind is ReportType.INBOUND_STOP:
            self.soak.answers.stopped.add(message.to)
        elif kind is ReportType.INBOUND_START:
            self.soak.answers.stopped.discard(message.to)
        elif reference := reference_of(message):
            told = Reported(message.channel, reference, kind, at)
            self.soak.answers.reports.append(told)

    def _hand_over(self, message: Message, kind: ReportType, sub_type: str | None) -> Any:
        stack, outputs = self.soak.stack, self.soak.stack.outputs
        sent, now = Sent.of(message), stack.now()
        if kind in REPLIES:
            body = reply(message.to, REPLIES[kind], now, topic_arn=outputs["ReplyTopicArn"])
            if kind is ReportType.INBOUND_STOP:
                stack.network.stop(message.to)
            else:
                stack.network.start(message.to)
            queue = outputs["DeliveryEventQueueUrl"]
            return self.soak.ask_aws(
                "reply taken",
                lambda: stack.client("sqs").send_message(QueueUrl=queue, MessageBody=body),
            )
        if message.channel == "email":
            if kind in (ReportType.BOUNCE, ReportType.COMPLAINT):
                stack.suppressed.add(message.to)
            event = email_event(sent, kind, now, "alerts@clinic.example", sub_type=sub_type)
            topic = outputs["EmailEventTopicArn"]
            return self.soak.ask_aws(
                "email reported",
                lambda: stack.client("sns").publish(TopicArn=topic, Message=event),
            )
        failed = kind is not ReportType.DELIVERED
        record = text_record(sent, kind, now)
        return self.soak.ask_aws("text reported", lambda: self._log(record, failed=failed))

    def _log(self, record: str, *, failed: bool) -> Any:
        logs = self.soak.stack.client("logs")
        if not self._groups:
            groups = logs.describe_log_groups(logGroupNamePrefix="sns/")["logGroups"]
            names = sorted((group["logGroupName"] for group in groups), key=len)
            for name in names:
                with suppress(logs.exceptions.ResourceAlreadyExistsException):
                    logs.create_log_stream(logGroupName=name, logStreamName=STREAM)
            self._groups = names
        group = self._groups[-1] if failed else self._groups[0]
        event = {"timestamp": int(time.time() * 1000), "message": record}
        return logs.put_log_events(logGroupName=group, logStreamName=STREAM, logEvents=[event])


def reference_of(message: Message) -> str | None:
    """What a message's report is found by; None for one that is no alert."""
    if message.channel == "text":
        return message.message_id if message.link else None
    ids = message.tags.get("alert_id")
    return ids[0] if ids else None
