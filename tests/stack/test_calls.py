"""How many AWS calls an alert takes, counted at the transport."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from balance_alerts.store import table
from tests.stack.due import Clinic
from tests.stack.workers import sender


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    calls: Counter[str] = Counter()

    def count(event_name: str, **_: Any) -> None:
        calls[event_name.rpartition(".")[2]] += 1

    events = table.client().meta.events
    events.register("before-send.dynamodb", count)
    try:
        yield calls
    finally:
        events.unregister("before-send.dynamodb", count)


@pytest.mark.parametrize(
    ("channels", "messages", "link_calls"),
    [
        pytest.param({"text": True}, 25, 1, id="texts"),
        pytest.param({"text": False, "email": True}, 25, 1, id="emails"),
        pytest.param({"text": True, "email": True}, 50, 2, id="both"),
    ],
)
def test_a_slice_of_25_takes_a_handful_of_calls_beside_the_providers(
    clinic: Clinic, channels: dict[str, bool], messages: int, link_calls: int
) -> None:
    patients = clinic.patients(25, **channels)
    worker = sender(clinic.stack)
    with counted_calls() as calls:
        assert worker.send(clinic.slice(*patients), seconds_left=60).sent == 25
    assert calls == {
        "BatchGetItem": 2,  # accounts and practice; their contacts and last claims
        "TransactWriteItems": 1,  # the day's count
        "BatchWriteItem": link_calls + 1,  # links; records
        "BatchExecuteStatement": 1,  # claims
    }
    assert clinic.stack.outbox.attempts == messages
    assert (calls.total() + messages) / messages <= 1.25
