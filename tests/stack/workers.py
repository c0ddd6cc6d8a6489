"""Senders in this process over a running stack, and a way to kill them at any AWS call."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from balance_alerts.alerts.courier import Courier
from balance_alerts.alerts.drafts import MessageWriter
from balance_alerts.alerts.recorder import Recorder
from balance_alerts.alerts.send import Sender
from balance_alerts.alerts.send_now import SendNow
from balance_alerts.channels.email import EmailChannel
from balance_alerts.channels.limits import Pace, client_config
from balance_alerts.channels.sms import TextChannel
from balance_alerts.delivery.help_sender import HelpSender
from balance_alerts.domain.contact import Channel
from balance_alerts.payments.receipt_sender import ReceiptSender
from balance_alerts.queues.alert_queue import SLICE_SIZE
from balance_alerts.store import table
from balance_alerts.store.claims import Claims
from balance_alerts.store.links import Links
from infra.local.stack import LocalStack


class Killed(BaseException):
    """The worker is gone: nothing in it may catch this, as nothing catches a kill."""


class HurriedTime:
    """Seconds that pass only by waiting for them, and at once."""

    def __init__(self) -> None:
        self._now = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds


def sender(stack: LocalStack) -> Sender:
    """A sender as `wiring` builds it, its providers at the stack's edge; its pauses are short."""
    time = HurriedTime()
    text = TextChannel(provider(stack, "sns"))
    email = EmailChannel(provider(stack, "sesv2"), "alerts@clinic.example")
    wiring = stack.wiring
    return Sender(
        practices=wiring.practices,
        accounts=wiring.accounts,
        links=Links(),
        claims=Claims(),
        writer=MessageWriter(lambda: text, lambda: email, "https://pay.example.org"),
        courier=_courier(time),
        monotonic=time.monotonic,
        recorder=Recorder(wiring.alerts, Claims(), wiring.accounts),
        clock=stack.now,
    )


def sender_now(stack: LocalStack) -> SendNow:
    """What sends at once, likewise."""
    worker = sender(stack)
    return SendNow(
        practices=worker.practices,
        links=worker.links,
        claims=worker.claims,
        writer=worker.writer,
        courier=worker.courier,
        recorder=worker.recorder,
        clock=worker.clock,
        monotonic=worker.monotonic,
    )


def receipt_sender(stack: LocalStack) -> ReceiptSender:
    """A sender of receipts, likewise."""
    time = HurriedTime()
    email = EmailChannel(provider(stack, "sesv2"), "alerts@clinic.example")
    return ReceiptSender(
        accounts=stack.wiring.accounts,
        courier=_courier(time),
        email_channel=lambda: email,
        clock=stack.now,
        monotonic=time.monotonic,
    )


def help_sender(stack: LocalStack) -> HelpSender:
    """What answers HELP, likewise."""
    time = HurriedTime()
    text = TextChannel(provider(stack, "sns"))
    return HelpSender(
        accounts=stack.wiring.accounts,
        courier=_courier(time),
        text_channel=lambda: text,
        clock=stack.now,
        monotonic=time.monotonic,
    )


def provider(stack: LocalStack, name: str) -> Any:
    return boto3.client(
        name,  # type: ignore[call-overload]  # either provider
        endpoint_url=stack.edge_url,
        region_name="us-east-1",
        config=client_config(connections=SLICE_SIZE),
    )


def _courier(time: HurriedTime) -> Courier:
    return Courier(
        {channel: Pace(1000, clock=time.monotonic, sleep=time.sleep) for channel in Channel},
        monotonic=time.monotonic,
        sleep=time.sleep,
    )


@contextmanager
def killed_at(operation: str, *, call: int = 1, after: bool) -> Iterator[None]:
    """Kill whoever makes the `call`th DynamoDB call of this kind, before or after its effect."""
    with broken_at(operation, calls=[call], after=after, error=Killed()):
        yield


@contextmanager
def broken_at(
    operation: str, *, calls: Container[int], after: bool, error: BaseException
) -> Iterator[None]:
    """Let these DynamoDB calls of one kind, counted from 1, fail before or after their effect."""
    made = 0

    def fail(**_: Any) -> None:
        nonlocal made
        made += 1
        if made in calls:
            raise error

    events = table.client().meta.events
    event = f"{'after' if after else 'before'}-call.dynamodb.{operation}"
    events.register(event, fail)
    try:
        yield
    finally:
        events.unregister(event, fail)


@contextmanager
def noted_calls() -> Iterator[list[tuple[str, int]]]:
    """The DynamoDB calls made meanwhile: each kind, and how many of it there were by then."""
    made: list[tuple[str, int]] = []
    counts: Counter[str] = Counter()

    def note(model: Any, **_: Any) -> None:
        counts[model.name] += 1
        made.append((model.name, counts[model.name]))

    events = table.client().meta.events
    events.register("before-call.dynamodb", note)
    try:
        yield made
    finally:
        events.unregister("before-call.dynamodb", note)
