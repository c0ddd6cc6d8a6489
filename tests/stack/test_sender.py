"""Sending as the providers answer: what counts, what is tried again, what is marked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest

from balance_alerts.alerts.send import OutOfTime, SliceReport
from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.contact import Channel, ContactFact
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.domain.practice import Frequency
from infra.local.outbox import Message
from tests.builders import at, entry
from tests.stack.due import Clinic
from tests.stack.workers import sender


def send(clinic: Clinic, *patient_ids: str) -> SliceReport:
    return sender(clinic.stack).send(clinic.slice(*patient_ids), seconds_left=60)


# ------------------------------------------------------------------ asked again at send time


def pay(clinic: Clinic) -> None:
    paid = entry("paid", EntryKind.PAYMENT, 5_000, recorded_at=at(1))
    clinic.stack.wiring.ledger.post(clinic.practice, "p-1", [paid])


def unsubscribe(clinic: Clinic) -> None:
    clinic.stack.wiring.accounts.change(
        clinic.practice.practice_id, "p-1", lambda account: account.subscribe(Channel.TEXT, False)
    )


def opt_out(clinic: Clinic) -> None:
    clinic.stack.wiring.accounts.tell_of_contact(
        clinic.practice.practice_id,
        Channel.TEXT,
        str(clinic.account("p-1").mobile),
        ContactFact.OPTED_OUT,
        source="STOP",
        at=at(1),
    )


def hold(clinic: Clinic) -> None:
    clinic.stack.wiring.accounts.set_hold(
        clinic.practice.practice_id,
        "p-1",
        HoldReason.PATIENT_QUESTION,
        until=date(2026, 3, 20),
        now=at(1),
    )


def settings(**changes: object) -> Callable[[Clinic], None]:
    def change(clinic: Clinic) -> None:
        changed = replace(clinic.practice.alerts, **changes)  # type: ignore[arg-type]  # settings
        clinic.stack.wiring.practices.save_settings(clinic.practice, changed)

    return change


MEANWHILE = [
    pytest.param(pay, id="paid"),
    pytest.param(unsubscribe, id="unsubscribed"),
    pytest.param(opt_out, id="opted out"),
    pytest.param(hold, id="held"),
    pytest.param(settings(paused=True), id="practice paused"),
    pytest.param(settings(frequency=Frequency.DONT_SEND), id="practice switched off"),
    pytest.param(settings(minimum_balance_cents=5_001), id="minimum raised"),
]


@pytest.mark.parametrize("happens", MEANWHILE)
def test_what_happens_between_queueing_and_sending_wins(
    clinic: Clinic, happens: Callable[[Clinic], None]
) -> None:
    clinic.patients(1)
    happens(clinic)
    assert send(clinic, "p-1") == SliceReport(skipped=1)
    assert not clinic.stack.outbox.messages()


@pytest.mark.parametrize("happens", MEANWHILE[:4])
def test_what_happens_between_reading_and_claiming_wins(
    clinic: Clinic, happens: Callable[[Clinic], None]
) -> None:
    clinic.patients(2)
    worker = sender(clinic.stack)
    keep = worker.links.keep

    def keep_while_it_happens(links):  # type: ignore[no-untyped-def]  # as Links.keep
        keep(links)
        happens(clinic)

    worker.links.keep = keep_while_it_happens  # type: ignore[method-assign]  # to come in between
    report = worker.send(clinic.slice("p-1", "p-2"), seconds_left=60)
    assert report == SliceReport(sent=1, skipped=1, conflicts=1)
    assert (clinic.delivered("p-1"), clinic.delivered("p-2")) == (0, 1)


# ------------------------------------------------------------------ once, whoever comes


def test_two_workers_at_once_alert_once(clinic: Clinic) -> None:
    patients = clinic.patients(25, email=True)
    start = Barrier(4)

    def work(_: int) -> SliceReport:
        worker = sender(clinic.stack)
        start.wait()
        return worker.send(clinic.slice(*patients), seconds_left=60)

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(work, range(4)))
    assert sum(report.sent for report in reports) == 25
    assert [clinic.delivered(patient) for patient in patients] == [2] * 25


def test_a_slice_delivered_three_times_alerts_once(clinic: Clinic) -> None:
    patients = clinic.patients(5)
    for _ in range(3):
        clinic.queue(*patients)
    assert [clinic.delivered(patient) for patient in patients] == [1] * 5


def test_a_link_works_before_its_message_is_handed_over(clinic: Clinic) -> None:
    from balance_alerts.access.links import digest, works
    from balance_alerts.store.links import Links

    clinic.patients(1)
    worked = []

    def open_at_once(message: Message) -> None:
        token = str(message.link).rpartition("/")[2]
        link = Links().find(digest(token), at(1))
        assert link is not None
        worked.append(works(link, clinic.account(link.patient_id), clinic.stack.now()))

    clinic.stack.outbox.watcher = open_at_once
    send(clinic, "p-1")
    assert worked == [True]


def test_links_end_after_45_days_and_when_revoked(clinic: Clinic) -> None:
    from balance_alerts.access.links import digest, works
    from balance_alerts.store.links import Links

    clinic.patients(1)
    send(clinic, "p-1")
    [message] = clinic.stack.outbox.messages()
    link = Links().find(digest(str(message.link).rpartition("/")[2]), at(1))
    assert link is not None
    sent_at = link.created_at
    account = clinic.account("p-1")
    assert works(link, account, sent_at + timedelta(days=45, seconds=-1))
    assert not works(link, account, sent_at + timedelta(days=45))
    account.revoke_links(Channel.EMAIL, sent_at)
    assert works(link, account, sent_at), "only the email's links were revoked"
    account.revoke_links(Channel.TEXT, sent_at)
    assert not works(link, account, sent_at)


# ------------------------------------------------------------------ as the providers answer


def test_throttling_passes_and_is_tried_again(clinic: Clinic) -> None:
    clinic.patients(3)
    clinic.stack.outbox.set_fault("text", "throttled", times=4)
    assert send(clinic, "p-1", "p-2", "p-3").sent == 3
    assert len(clinic.stack.outbox.messages()) == 3
    assert clinic.stack.outbox.attempts == 7


@pytest.mark.parametrize(
    ("fault", "reached"),
    [
        ("server_error_before", 0),
        ("server_error_after", 1),
        ("reset_before", 0),
        ("reset_after", 1),
        ("hang_after", 1),
    ],
)
def test_an_outcome_that_cannot_be_known_is_never_repeated_in_the_period(
    clinic: Clinic, fault: str, reached: int
) -> None:
    clinic.patients(1)
    clinic.stack.outbox.set_fault("text", fault)
    assert send(clinic, "p-1") == SliceReport(failed=1, unknown=1)
    clinic.stack.outbox.clear_faults()
    assert send(clinic, "p-1") == SliceReport(skipped=1)
    assert (clinic.stack.outbox.attempts, clinic.delivered("p-1")) == (1, reached)
    assert clinic.statuses("p-1") == [{"text": "unknown"}]
    clinic.stack.clock.set(at(15))
    assert send(clinic, "p-1").sent == 1


@pytest.mark.parametrize("fault", ["stopped", "throttled"])
def test_what_certainly_was_not_sent_leaves_the_account_due(clinic: Clinic, fault: str) -> None:
    clinic.patients(3)
    before = clinic.account("p-1").to_domain()
    clinic.stack.outbox.set_fault("text", fault)
    stopped = (Channel.TEXT,) if fault == "stopped" else ()
    assert send(clinic, "p-1", "p-2", "p-3") == SliceReport(failed=3, stopped=stopped)
    after = clinic.account("p-1").to_domain()
    assert after == replace(before, version=after.version)
    assert clinic.history("p-1") == []
    assert clinic.stack.wiring.practices.alerts_sent(clinic.practice.practice_id, at(1).date()) == 0
    clinic.stack.outbox.clear_faults()
    clinic.stack.set_clock(at(1) + timedelta(minutes=11))
    assert send(clinic, "p-1", "p-2", "p-3").sent == 3


def test_a_condition_of_the_whole_account_stops_its_channel_not_the_other(clinic: Clinic) -> None:
    patients = clinic.patients(25, email=True)
    clinic.stack.outbox.set_fault("text", "stopped")
    assert send(clinic, *patients).sent == 25
    texts_tried = clinic.stack.outbox.attempts - 25
    assert 1 <= texts_tried < 25, "every worker thread may try once, not every text"
    assert clinic.statuses("p-1") == [{"text": "not_sent", "email": "accepted"}]
    assert clinic.account("p-1").mobile_state == "reachable"
    clinic.patient("p-26")
    assert send(clinic, "p-26") == SliceReport(skipped=1, resting=(Channel.TEXT,))


def test_a_contact_refused_for_good_is_marked_and_not_tried_again(clinic: Clinic) -> None:
    clinic.patients(1)
    clinic.stack.outbox.set_fault("text", "rejected", to=clinic.account("p-1").mobile)
    assert send(clinic, "p-1") == SliceReport(failed=1)
    account = clinic.account("p-1")
    assert (account.mobile_state, account.due_practice) == ("invalid", None)
    assert send(clinic, "p-1") == SliceReport(skipped=1)
    assert clinic.history("p-1") == []


def test_one_channel_accepted_the_other_is_not_sent_for_this_period(clinic: Clinic) -> None:
    clinic.patients(1, email=True)
    clinic.stack.outbox.set_fault("email", "throttled")
    assert send(clinic, "p-1") == SliceReport(sent=1)
    clinic.stack.outbox.clear_faults()
    assert send(clinic, "p-1") == SliceReport(skipped=1)
    assert clinic.statuses("p-1") == [{"text": "accepted", "email": "not_sent"}]


def test_a_payment_during_a_failed_send_is_kept_when_the_claim_is_released(clinic: Clinic) -> None:
    clinic.patients(1)
    clinic.stack.outbox.set_fault("text", "stopped")
    clinic.stack.outbox.watcher = lambda _: pay(clinic)
    assert send(clinic, "p-1") == SliceReport(failed=1)
    account = clinic.account("p-1")
    assert (account.balance_cents, account.due_practice) == (0, None)
    assert account.to_domain().last_alert_on is None


# ------------------------------------------------------------------ limits and time


def test_a_slice_is_not_begun_with_too_little_time_left(clinic: Clinic) -> None:
    clinic.patients(1)
    with pytest.raises(OutOfTime):
        sender(clinic.stack).send(clinic.slice("p-1"), seconds_left=29.9)
    assert clinic.account("p-1").claim_id is None


def test_the_daily_limit_holds_at_the_sender_too(clinic: Clinic) -> None:
    settings(daily_limit=2)(clinic)
    patients = clinic.patients(5)
    assert send(clinic, *patients) == SliceReport(sent=2, skipped=3)
    assert send(clinic, *patients) == SliceReport(skipped=5)
    clinic.stack.clock.set(at(2))
    assert send(clinic, *patients).sent == 2


def test_who_shares_a_contact_is_told_by_an_initial(clinic: Clinic) -> None:
    from balance_alerts.domain.patient import PatientDetails
    from balance_alerts.store.registration import Registration

    mobile = clinic.patient("p-1")
    clinic.patient("p-2")
    Registration(clinic.stack.wiring.practices).register(
        clinic.practice,
        PatientDetails(
            patient_id="p-3",
            first_name="Leo",
            last_name="O",
            mobile=mobile,
            date_of_birth=date(2015, 1, 1),
        ),
        recorded_by="test",
        now=at(0),
    )
    send(clinic, "p-1", "p-2")
    shared, own = (
        clinic.stack.outbox.messages(to=clinic.account(p).mobile) for p in ("p-1", "p-2")
    )
    assert "M. has a balance" in shared[0].text
    assert "You have a balance" in own[0].text
