"""The scan on the emulator: pages, limits, hand-over, and one practice's trouble."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from balance_alerts.alerts.scan import Scan
from balance_alerts.domain.calendar import SendWindow, Weekday
from balance_alerts.domain.channel_stop import NO_QUOTA
from balance_alerts.domain.contact import Channel
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.domain.practice import Practice
from balance_alerts.queues.alert_queue import AlertQueue, Slice
from balance_alerts.store import keys, table
from balance_alerts.store.account_record import AccountRecord
from balance_alerts.store.channel_stops import note_stop
from infra.local.stack import LocalStack
from tests.builders import at, entry
from tests.stack.due import Clinic, clinics

PLENTY = 900.0


class KeptSlices(AlertQueue):
    """Keeps what is queued, in place of SQS."""

    def __init__(self) -> None:
        self.slices: list[Slice] = []

    def _put(self, batch: Sequence[Any]) -> list[Any]:
        self.slices += batch
        return list(batch)

    def ids(self) -> list[str]:
        """The accounts queued, in order."""
        return [patient_id for some in self.slices for patient_id in some.patient_ids]


@pytest.fixture
def queue() -> KeptSlices:
    return KeptSlices()


@pytest.fixture
def handed_over() -> list[list[str]]:
    return []


@pytest.fixture
def scan(stack: LocalStack, queue: KeptSlices, handed_over: list[list[str]]) -> Scan:
    wiring = stack.wiring
    return Scan(
        practices=wiring.practices,
        accounts=wiring.accounts,
        queue=queue,
        hand_over=lambda ids: handed_over.append(list(ids)),
        clock=stack.now,
    )


def always(seconds: float) -> Callable[[], float]:
    return lambda: seconds


def settings(clinic: Clinic, **changes: Any) -> Practice:
    practices = clinic.stack.wiring.practices
    clinic.practice = practices.save_settings(
        clinic.practice, replace(clinic.practice.alerts, **changes)
    )
    return clinic.practice


def test_due_accounts_are_queued_in_slices_of_ids(
    clinic: Clinic, scan: Scan, queue: KeptSlices
) -> None:
    patients = clinic.patients(27)
    clinic.patient("paid", owes=0)
    report = scan.run(always(PLENTY))
    assert sorted(queue.ids()) == sorted(patients)
    assert [len(some.patient_ids) for some in queue.slices] == [25, 2]
    assert (report.sending, report.due, report.queued, report.complete) == (1, 27, 27, True)
    body = json.loads(queue.slices[1].to_body())
    assert body == {"practice_id": clinic.practice.practice_id, "patient_ids": queue.ids()[25:]}


def copies(account: AccountRecord, number: int) -> Iterator[AccountRecord]:
    """The same account under other ids."""
    for copy in range(number):
        patient_id = f"copy-{copy:05}"
        item = account.serialize() | {
            "pk": {"S": account.pk.replace("p-1", patient_id)},
            "patient_id": {"S": patient_id},
        }
        yield AccountRecord.from_raw_data(item)


def test_an_index_of_several_pages_is_read_to_its_end(
    clinic: Clinic, scan: Scan, queue: KeptSlices
) -> None:
    clinic.patients(1)
    with AccountRecord.batch_write() as batch:
        for account in copies(clinic.account("p-1"), 4_000):
            batch.save(account)
    pages = []

    def count(parsed: dict[str, Any], **_: Any) -> None:
        pages.append(len(parsed["Items"]))

    events = table.client().meta.events
    events.register("after-call.dynamodb.Query", count)
    try:
        assert scan.run(always(PLENTY)).queued == 4_001
    finally:
        events.unregister("after-call.dynamodb.Query", count)
    assert len(set(queue.ids())) == 4_001
    assert len([page for page in pages if page > 1]) > 1, "the index fitted one page"


@pytest.mark.parametrize(
    ("changes", "wall_time"),
    [
        ({"paused": True}, "10:00"),
        ({}, "08:59"),
        ({}, "20:00"),
        ({"send_days": frozenset({Weekday.MON})}, "10:00"),
    ],
    ids=["paused", "before it opens", "after it closed", "not a send day"],
)
def test_a_practice_that_may_not_send_is_not_even_looked_at(
    clinic: Clinic, scan: Scan, changes: dict[str, Any], wall_time: str
) -> None:
    clinic.patients(1)
    settings(clinic, **changes)
    clinic.stack.clock.set(at(1, wall_time))
    report = scan.run(always(PLENTY))
    assert (report.practices, report.looked_at, report.queued) == (0, 0, 0)


def test_a_patients_own_zone_opens_the_practice_too(
    clinic: Clinic, scan: Scan, queue: KeptSlices
) -> None:
    clinic.patients(2)
    clinic.stack.wiring.practices.know_time_zone(clinic.practice, "Pacific/Honolulu")
    practice_id = clinic.practice.practice_id

    def move(account: AccountRecord) -> None:
        account.time_zone = "Pacific/Honolulu"

    clinic.stack.wiring.accounts.change(practice_id, "p-2", move)
    clinic.stack.clock.set(at(2, "21:00"))
    scan.run(always(PLENTY))
    assert queue.ids() == ["p-2"]


def test_a_window_seen_closed_leaves_the_index_until_new_responsibility(
    clinic: Clinic, scan: Scan, queue: KeptSlices
) -> None:
    clinic.patients(1)
    clinic.stack.clock.set(at(60))
    assert scan.run(always(PLENTY)).windows_closed == 1
    assert scan.run(always(PLENTY)).looked_at == 0
    owed = entry("owed-again", cents=100, recorded_at=at(60))
    clinic.stack.wiring.ledger.post(clinic.practice, "p-1", [owed])
    clinic.stack.clock.set(at(61))
    assert scan.run(always(PLENTY)).queued == 1


def test_a_clock_set_back_brings_back_what_a_scan_dropped(clinic: Clinic, scan: Scan) -> None:
    clinic.patients(1)
    clinic.stack.set_clock(at(60))
    assert scan.run(always(PLENTY)).windows_closed == 1
    clinic.stack.set_clock(at(59))
    assert scan.run(always(PLENTY)).queued == 1


def test_a_scan_out_of_time_stops_and_the_next_goes_on(
    clinic: Clinic, scan: Scan, queue: KeptSlices
) -> None:
    clinic.patients(30)
    left = iter([PLENTY] * 10 + [5.0] * 100)
    report = scan.run(lambda: next(left))
    assert (report.queued, report.complete) == (10, False)
    clinic.queue(*queue.ids())
    queue.slices.clear()
    report = scan.run(always(PLENTY))
    assert (report.queued, report.complete) == (20, True)


def test_the_daily_limit_is_spread_over_the_window_longest_waiting_first(
    clinic: Clinic, scan: Scan, queue: KeptSlices
) -> None:
    """11 hours of window: by 09:59 with the quarter to come 4.9 of 44 may be out."""
    settings(clinic, daily_limit=44, send_window=SendWindow())
    for number in range(20):
        clinic.patient(f"p-{number:02}", owes=0)
        owed = entry(f"owed-{number}", recorded_at=at(-number, "09:30"))
        clinic.stack.wiring.ledger.post(clinic.practice, f"p-{number:02}", [owed])
    clinic.stack.clock.set(at(1, "09:59"))
    report = scan.run(always(PLENTY))
    assert (report.due, report.queued) == (20, 5)
    assert queue.ids() == ["p-19", "p-18", "p-17", "p-16", "p-15"]
    clinic.queue(*queue.ids())
    assert scan.run(always(PLENTY)).queued == 0, "nothing more before the next quarter"
    clinic.stack.clock.set(at(1, "10:14"))
    assert scan.run(always(PLENTY)).queued == 1
    clinic.stack.clock.set(at(1, "19:50"))
    assert scan.run(always(PLENTY)).queued == 15


def test_whom_a_resting_channel_keeps_waiting_takes_no_place_of_the_daily_limit(
    clinic: Clinic, scan: Scan, queue: KeptSlices
) -> None:
    settings(clinic, daily_limit=1)
    clinic.patient("p-text", owes=0)
    owed = entry("owed", recorded_at=at(-10, "09:30"))
    clinic.stack.wiring.ledger.post(clinic.practice, "p-text", [owed])
    clinic.patient("p-email", text=False, email=True)
    clinic.stack.clock.set(at(1, "19:50"))
    now = clinic.stack.now()
    assert scan.run(always(PLENTY)).queued == 1
    assert queue.ids() == ["p-text"], "it has waited longest"
    queue.slices.clear()
    note_stop(Channel.TEXT, NO_QUOTA, now)
    assert scan.run(always(PLENTY)).queued == 1
    assert queue.ids() == ["p-email"]


def test_practices_beyond_one_workers_load_are_handed_over(
    stack: LocalStack, scan: Scan, queue: KeptSlices, handed_over: list[list[str]]
) -> None:
    some = []
    for clinic in islice(clinics(stack), 5):
        clinic.patients(1)
        some.append(clinic.practice.practice_id)
    report = replace(scan, practices_a_worker=2).run(always(PLENTY))
    assert (report.practices, report.handed_over, report.queued) == (2, 3, 2)
    for practice_ids in handed_over:
        scan.run_handed_over(practice_ids, always(PLENTY))
    assert sorted(one.practice_id for one in queue.slices) == sorted(some)


def test_the_deployed_scan_hands_over_to_itself(stack: LocalStack) -> None:
    """The handler takes what a hand-over sends it."""
    clinic = next(clinics(stack))
    clinic.patients(1)
    event = {"practice_ids": [clinic.practice.practice_id, "gone"]}
    assert stack.invoke(stack.outputs["ScanFunctionName"], event)["queued"] == 1


def test_one_practices_trouble_does_not_keep_the_others_from_being_scanned(
    stack: LocalStack, scan: Scan, queue: KeptSlices
) -> None:
    broken, sound = (next(clinics(stack)) for _ in range(2))
    for clinic in (broken, sound):
        clinic.patients(1)
    account = broken.account("p-1")
    table.client().update_item(
        TableName=AccountRecord.Meta.table_name,
        Key={"pk": {"S": account.pk}, "sk": {"S": account.sk}},
        UpdateExpression="SET balance_cents = :bad",
        ExpressionAttributeValues={":bad": {"S": "not a number"}},
    )
    report = scan.run(always(PLENTY))
    assert report.troubles == 1
    assert [one.practice_id for one in queue.slices] == [sound.practice.practice_id]


def test_a_hand_over_that_fails_keeps_nobody_from_being_scanned(
    stack: LocalStack, scan: Scan, queue: KeptSlices
) -> None:
    for clinic in islice(clinics(stack), 3):
        clinic.patients(1)

    def refuse(_: Sequence[str]) -> None:
        raise ConnectionError

    report = replace(scan, practices_a_worker=1, hand_over=refuse).run(always(PLENTY))
    assert (report.queued, report.troubles) == (1, 2)


def test_a_practice_that_cannot_be_read_keeps_no_other_from_being_scanned(
    stack: LocalStack, scan: Scan, queue: KeptSlices
) -> None:
    broken, sound = (next(clinics(stack)) for _ in range(2))
    sound.patients(1)
    pk, sk = keys.practice(broken.practice.practice_id)
    table.client().update_item(
        TableName=AccountRecord.Meta.table_name,
        Key={"pk": {"S": pk}, "sk": {"S": sk}},
        UpdateExpression="SET frequency = :new",
        ExpressionAttributeValues={":new": {"S": "every_full_moon"}},
    )
    report = scan.run(always(PLENTY))
    assert (report.queued, report.troubles) == (1, 1)


def test_what_the_queue_would_not_take_stays_due(clinic: Clinic, scan: Scan) -> None:
    """SQS may refuse single messages of a batch; it took the others."""

    class Client:
        def __init__(self) -> None:
            self.taken: list[str] = []

        def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:
            refused = [one for one in Entries if '"p-1"' in one["MessageBody"]]
            self.taken += [one["MessageBody"] for one in Entries if one not in refused]
            return {"Failed": [{"Id": one["Id"], "Code": "InternalError"} for one in refused]}

    client = Client()
    pauses: list[float] = []
    queue = AlertQueue(client, "url", sleep=pauses.append)  # type: ignore[arg-type]  # what it uses
    slices = [clinic.slice("p-1"), clinic.slice("p-2", "p-3")]
    assert queue.put(slices) == 2
    assert len(client.taken) == 1
    assert len(pauses) == 3


def test_an_account_alerted_today_is_not_read_again_for_a_period(
    clinic: Clinic, scan: Scan
) -> None:
    clinic.patients(3)
    clinic.queue("p-1", "p-2")
    assert scan.run(always(PLENTY)).looked_at == 1
    clinic.stack.clock.set(at(1) + timedelta(days=14))
    assert scan.run(always(PLENTY)).looked_at == 3


def test_who_paid_is_not_looked_at(clinic: Clinic, scan: Scan) -> None:
    clinic.patients(1)
    paid = entry("paid", EntryKind.PAYMENT, 5_000, recorded_at=at(1))
    clinic.stack.wiring.ledger.post(clinic.practice, "p-1", [paid])
    assert scan.run(always(PLENTY)).looked_at == 0
