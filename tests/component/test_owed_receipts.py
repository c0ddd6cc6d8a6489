"""Which receipts a run asks for again, which it gives up, and that it minds who holds a claim."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from balance_alerts.payments.receipts import OwedReceipts, Receipts
from balance_alerts.queues.alert_queue import AlertQueue, ReceiptWanted, message_of
from balance_alerts.store import keys, owed_receipts
from balance_alerts.store.owed_receipts import OwedReceiptRecord
from tests.builders import at

NOW = at(1)


class Queue:
    """What SQS was given; it takes nothing of what it is told to refuse."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.refused: set[str] = set()

    def send_message_batch(self, *, Entries: list[dict[str, str]], **_: str) -> dict[str, Any]:
        assert all(entry["MessageGroupId"] == "#receipts" for entry in Entries)
        failed = [{"Id": each["Id"]} for each in Entries if each["Id"] in self.refused]
        self.bodies += [each["MessageBody"] for each in Entries if each["Id"] not in self.refused]
        return {"Failed": failed}


@pytest.fixture
def queue(aws: None) -> Queue:
    return Queue()


@pytest.fixture
def receipts(queue: Queue) -> Receipts:
    return Receipts(AlertQueue(queue, "queue", sleep=lambda _: None))  # type: ignore[arg-type]


def ago(minutes: float | None) -> datetime | None:
    return None if minutes is None else NOW - timedelta(minutes=minutes)


def owe(
    attempt_id: str = "ba1",
    *,
    owed: float,
    asked: float | None = None,
    claimed: float | None = None,
) -> OwedReceiptRecord:
    """A receipt owed, asked for and claimed so many minutes ago."""
    record = OwedReceiptRecord(
        *keys.owed_receipt("harbor", attempt_id),
        practice_id="harbor",
        patient_id="p-1",
        attempt_id=attempt_id,
        owed_at=ago(owed),
        queued_at=ago(asked),
        claimed_at=ago(claimed),
        claim_id=None if claimed is None else "a claim",
    )
    record.save()
    return record


def ids(owed: Iterable[OwedReceiptRecord]) -> list[str]:
    return [each.attempt_id for each in owed]


DAY = 24 * 60


def test_waits_grow_and_end(receipts: Receipts, queue: Queue) -> None:
    then = {}

    def case(what: str, **times: float) -> None:
        then[attempt_id := str(times)] = what
        owe(attempt_id, **times)

    case("left", owed=4)
    case("queued", owed=5)
    case("left", owed=9, asked=4)
    case("queued", owed=10, asked=5)
    case("left", owed=59, asked=29)
    case("queued", owed=60, asked=30)
    case("left", owed=2 * DAY, asked=119)
    case("queued", owed=2 * DAY, asked=120)
    case("queued", owed=3 * DAY - 1, asked=200)
    case("given up", owed=3 * DAY, asked=10)
    case("left", owed=20, claimed=14)
    case("unknown", owed=20, claimed=15)
    case("left", owed=4 * DAY, claimed=14)
    assert receipts.queue_owed(NOW) == OwedReceipts(queued=5, unknown=1, given_up=1)
    still = set(ids(owed_receipts.all_owed()))
    assert still == {each for each, what in then.items() if what in ("queued", "left")}
    asked = {message_of(body) for body in queue.bodies}
    assert asked == {
        ReceiptWanted("harbor", "p-1", each) for each, what in then.items() if what == "queued"
    }
    assert receipts.queue_owed(NOW) == OwedReceipts(), "all of it is done"


def test_what_the_queue_did_not_take_is_asked_for_by_the_next_run(
    receipts: Receipts, queue: Queue
) -> None:
    for number in range(12):
        owe(f"ba{number:02}", owed=6)
    queue.refused = {"3"}
    assert receipts.queue_owed(NOW).queued == 11
    queue.refused = set()
    assert receipts.queue_owed(NOW).queued == 1
    assert len(set(queue.bodies)) == 12


def test_a_claim_is_one_workers(aws: None) -> None:
    owe(owed=1)
    [first], [second] = list(owed_receipts.all_owed()), list(owed_receipts.all_owed())
    assert owed_receipts.claim(first, "one", NOW)
    assert not owed_receipts.claim(second, "two", NOW)
    assert owed_receipts.claim(second, "one", NOW), "the SDK's repetition of a call"
    owed_receipts.give_back(second, "two")
    [still] = owed_receipts.all_owed()
    assert still.claim_id == "one"
    owed_receipts.give_back(still, "one")
    assert owed_receipts.claim(second, "two", NOW)


def test_what_was_claimed_meanwhile_is_not_dropped(aws: None) -> None:
    owe(owed=1)
    [seen] = owed_receipts.all_owed()
    [claimed] = owed_receipts.all_owed()
    assert owed_receipts.claim(claimed, "one", NOW)
    assert not owed_receipts.drop(seen)
    [seen] = owed_receipts.all_owed()
    assert owed_receipts.drop(seen)


def test_what_was_sent_meanwhile_does_not_come_back(aws: None) -> None:
    seen = owe(owed=6)
    owed_receipts.settle(seen)
    owed_receipts.settle(seen)
    owed_receipts.note_queued(seen, NOW)
    assert not owed_receipts.claim(seen, "one", NOW)
    owed_receipts.give_back(seen, "one")
    assert list(owed_receipts.all_owed()) == []
