"""Reconciliation: whatever the gateway's books say comes into the ledger, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

import pytest

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.audit import THE_GATEWAY, Who
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.authorize_net import (
    AuthorizeNet,
    CredentialsRefusedError,
    GatewayError,
)
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.gateway.requests import Charge
from balance_alerts.payments import reconcile
from balance_alerts.payments.settle import settle
from balance_alerts.store.audit import changes_of
from balance_alerts.store.connected_practices import connected_practice
from balance_alerts.store.gateway_sweeps import GatewaySweeps
from balance_alerts.store.orphan_charges import OrphanCharges, OrphanReason
from tests.builders import entry
from tests.stack.due import clinics
from tests.stack.paying import NOT_CHARGED, Till
from tests.stack.reconciling import BackOffice
from tests.stack.workers import Killed

APPROVED, DECLINED, FAILED, HELD, UNKNOWN = (
    AttemptState.APPROVED,
    AttemptState.DECLINED,
    AttemptState.FAILED,
    AttemptState.HELD,
    AttemptState.UNKNOWN,
)

DIRECTOR = Who("s-1", "Thabo Director", "therapy_director")


@pytest.fixture
def office(till: Till) -> BackOffice:
    return BackOffice(till)


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, method: str, error: Exception) -> Iterator[None]:
    """One kind of look-up that comes to nothing."""

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(AuthorizeNet, method, fail)
        yield


@pytest.mark.parametrize("settled", [False, True], ids=["unsettled", "settled meanwhile"])
def test_a_charge_whose_answer_was_lost_is_found_and_posted_once(
    office: BackOffice, *, settled: bool
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    if settled:
        till.gateway.settle()
    first, second = office.run(everything=False), office.run()
    assert (first.open_attempts, first.unknown) == (1, 1)
    assert (first.payments, second.payments, second.unknown) == (1, 0, 0)
    assert (first.failures, second.failures, first.complete) == (0, 0, True)
    assert office.attempt("p-1").state is APPROVED
    assert (till.balance("p-1"), till.paid("p-1"), till.locked("p-1")) == (
        0,
        {"knee": 5_000},
        False,
    )


def test_a_charge_whose_worker_died_is_posted_as_soon_as_it_is_listed(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, charge = office.till, AuthorizeNet.charge

    def killed(merchant: AuthorizeNet, asked: Charge) -> None:
        charge(merchant, asked)
        raise Killed

    till.clinic.patient("p-1")
    with monkeypatch.context() as patched:
        patched.setattr(AuthorizeNet, "charge", killed)
        with pytest.raises(Killed):
            till.pay("p-1")
    assert office.attempt("p-1").state is AttemptState.SENDING
    assert office.run().payments == 1
    assert (till.balance("p-1"), till.locked("p-1")) == (0, False)


def test_two_complete_look_ups_a_day_apart_end_what_was_not_charged(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("duplicate")
    till.pay("p-1")

    def looked_up(**span: float) -> tuple[AttemptState, bool, int]:
        office.pass_time(**span)
        report = office.run()
        attempt = office.attempt("p-1")
        assert (report.looked_up, report.not_charged + report.still_open) == (1, 1)
        return attempt.state, attempt.absent_since is not None, report.still_open

    assert looked_up(minutes=14) == (UNKNOWN, False, 1)
    assert looked_up(minutes=2) == (UNKNOWN, True, 1)
    assert looked_up(hours=23, minutes=43) == (UNKNOWN, True, 1)
    assert till.locked("p-1")
    assert looked_up(minutes=2) == (FAILED, True, 0)
    assert (office.attempt("p-1").detail, till.locked("p-1")) == ("not_charged", False)
    assert (till.balance("p-1"), office.orphans()) == (5_000, {})


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("unsettled", GatewayError("permission")),
        ("unsettled", GatewayError("incomplete_list")),
        ("settled_batches", GatewayError("timeout")),
        ("batch_transactions", GatewayError("garbled")),
    ],
)
def test_a_look_up_that_fails_proves_nothing(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch, method: str, error: GatewayError
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.clinic.patient("p-2")
    till.gateway.set_mode("duplicate")
    till.pay("p-1")
    till.gateway.set_mode("approve")
    till.pay("p-2")
    till.gateway.settle()
    with failing(monkeypatch, method, error):
        for _ in range(3):
            office.pass_time(hours=20)
            report = office.run()
            assert (report.failures > 0, error.code in report.trouble) == (True, True)
    attempt = office.attempt("p-1")
    assert (attempt.state, attempt.absent_since, attempt.looked_up_at) == (UNKNOWN, None, None)
    office.run()
    assert office.attempt("p-1").state is UNKNOWN, "the first that counts"
    office.run()
    assert office.attempt("p-1").state is FAILED


def test_a_gateway_that_is_down_or_reports_nothing_disturbs_no_other_practice(
    office: BackOffice,
) -> None:
    till = office.till
    other = Till(next(clinics(till.clinic.stack)), till.gateway)
    other.connect()
    for each in (till, other):
        each.clinic.patient("p-1")
        till.gateway.set_mode("garbled")
        each.pay("p-1")
    connected_practice("gone").save()
    till.gateway.set_mode("down")
    assert office.run().failures == 2
    till.gateway.set_mode("approve")
    till.gateway.reporting_enabled = False
    assert office.run().failures == 2
    till.gateway.reporting_enabled = True
    till.gateway.set_mode("approve")
    report = office.run()
    assert (report.payments, report.failures, report.swept) == (2, 0, 2)
    assert (till.balance("p-1"), other.balance("p-1")) == (0, 0)


def test_one_transaction_that_cannot_be_read_keeps_no_other_back(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, transaction = office.till, AuthorizeNet.transaction
    till.gateway.set_mode("garbled")
    for patient_id in ("p-1", "p-2"):
        till.clinic.patient(patient_id)
        till.pay(patient_id)
    unreadable = till.gateway.charges()[0]["trans_id"]

    def read(merchant: AuthorizeNet, trans_id: str) -> object:
        if trans_id == unreadable:
            raise GatewayError("garbled")
        return transaction(merchant, trans_id)

    with monkeypatch.context() as patched:
        patched.setattr(AuthorizeNet, "transaction", read)
        report = office.run()
    assert (report.payments, report.swept, report.failures > 0) == (1, 0, True)
    assert (till.balance("p-1"), till.balance("p-2")) == (5_000, 0)
    assert (office.run().payments, till.balance("p-1")) == (1, 0)


def test_held_payments_follow_their_review(office: BackOffice) -> None:
    till = office.till
    till.gateway.set_mode("hold")
    desk = till.gateway.desk
    acts: list[Callable[[str], str] | None] = [desk.release, desk.refuse, desk.void, None]
    patients = till.clinic.patients(len(acts))
    for patient_id, act in zip(patients, acts, strict=True):
        held = till.pay(patient_id).attempt
        if act is not None:
            act(str(held.trans_id))
    office.pass_time(hours=25)
    for _ in range(2):
        office.run()
    states = [office.attempt(patient_id).state for patient_id in patients]
    assert states == [APPROVED, DECLINED, FAILED, HELD]
    assert [till.balance(patient_id) for patient_id in patients] == [0, 5_000, 5_000, 5_000]
    assert [till.locked(patient_id) for patient_id in patients] == [False, False, False, True]


def test_old_attempts_are_looked_up_hourly_and_settlements_gone_through_nightly(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, unsettled = office.till, AuthorizeNet.unsettled
    calls: list[None] = []

    def count(merchant: AuthorizeNet) -> object:
        calls.append(None)
        return unsettled(merchant)

    till.clinic.patient("p-1")
    till.gateway.set_mode("duplicate")
    till.pay("p-1")
    monkeypatch.setattr(AuthorizeNet, "unsettled", count)

    def looked(**span: float) -> int:
        calls.clear()
        office.pass_time(**span)
        office.run(everything=False)
        return len(calls)

    assert [looked(minutes=5) for _ in range(3)] == [1, 1, 1]
    assert looked(hours=1) == 1
    assert [looked(minutes=5), looked(minutes=50), looked(minutes=6)] == [0, 0, 1]
    office.pass_time(hours=48)
    office.run()
    assert not till.locked("p-1")
    assert [looked(minutes=61), looked(minutes=61)] == [0, 0], "swept today already"
    assert sum(looked(hours=1) for _ in range(24)) == 1


def test_money_of_an_attempt_that_was_given_up_is_posted_by_the_sweep(office: BackOffice) -> None:
    till = office.till
    till.gateway.set_mode("garbled")
    for patient_id in ("p-1", "p-2"):
        till.clinic.patient(patient_id)
        till.settle(till.pay(patient_id).attempt, NOT_CHARGED)
    till.gateway.settle()
    assert office.run().payments == 2
    assert (till.balance("p-1"), till.balance("p-2"), office.orphans()) == (0, 0, {})


def test_what_staff_settled_by_hand_is_overturned_by_the_books_and_noted(
    office: BackOffice,
) -> None:
    till, practice_id = office.till, office.till.clinic.practice.practice_id
    till.clinic.patient("p-1")
    till.gateway.set_mode("timeout_after_charge")
    attempt = till.pay("p-1").attempt
    office.pass_time(hours=25)
    desk = till.clinic.stack.wiring.attention_desk
    desk.resolve(practice_id, attempt.attempt_id, trans_id=None, note="Not there.", by=DIRECTOR)
    assert (till.balance("p-1"), till.locked("p-1")) == (5_000, False)
    till.gateway.settle()
    assert [office.run().payments, office.run().payments] == [1, 0]
    assert till.balance("p-1") == 0
    changes, _ = changes_of(practice_id, after=None, limit=50)
    told, by_hand = [each for each in changes if each.action.startswith("payment_")]
    assert (by_hand.action, by_hand.by, by_hand.note) == (
        "payment_resolved",
        DIRECTOR,
        "Not there.",
    )
    assert (told.action, told.by) == ("payment_overturned", THE_GATEWAY)
    assert (told.subject, told.before["state"]) == ("patient p-1", "not_charged")
    assert told.after == {
        "payment_id": attempt.attempt_id,
        "state": "charged",
        "trans_id": office.attempt("p-1").trans_id,
        "amount_cents": 5_000,
    }


def test_a_payment_is_watched_until_it_is_seen_settled(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    trans_id = office.paid("p-1")
    office.run()
    assert (office.awaited(), office.attempt("p-1").batch_id) == ([trans_id], None)
    (batch,) = till.gateway.settle()
    seen, again = office.run(), office.run()
    assert (seen.settled, seen.settled_cents, again.settled) == (1, 5_000, 0)
    attempt = office.attempt("p-1")
    assert (attempt.batch_id, office.awaited()) == (batch.batch_id, [])
    assert attempt.settled_at is not None
    assert abs(attempt.settled_at - batch.settled_at) < timedelta(seconds=1)


def test_a_payment_that_does_not_settle_is_for_staff_to_see(office: BackOffice) -> None:
    till = office.till
    lost, errored, late = (office.paid(each) for each in till.clinic.patients(3))
    with till.gateway._lock:
        till.gateway._books.transactions.pop(lost)
        till.gateway._books.transactions[errored].status = "settlementError"
    office.pass_time(days=2)
    assert office.run().orphans == 1
    assert office.orphans() == {errored: "not_settled"}
    office.pass_time(days=9)
    office.run()
    assert office.orphans() == dict.fromkeys([lost, errored, late], "not_settled")
    assert (till.balance("p-1"), office.awaited()) == (0, []), "the ledger is staff's to change"


def test_a_payment_told_by_hand_and_reversed_again_is_posted_all_the_same(
    office: BackOffice,
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    trans_id = till.gateway.charges()[0]["trans_id"]
    told = entry("by-hand", EntryKind.PAYMENT, 5_000, external_ref=trans_id)
    undone = entry("not-so", EntryKind.ADJUSTMENT, 5_000, reverses="by-hand")
    till.clinic.stack.wiring.ledger.post(till.clinic.practice, "p-1", [told, undone])
    assert office.run().payments == 1
    assert (till.balance("p-1"), till.paid("p-1"), till.locked("p-1")) == (
        0,
        {"knee": 5_000},
        False,
    )


@pytest.mark.parametrize("reference", ["", "another"])
def test_a_charge_with_our_number_and_no_proper_reference_is_no_absence(
    office: BackOffice, reference: str
) -> None:
    till, login = office.till, office.till.clinic.practice.practice_id
    till.clinic.patient("p-1")
    till.gateway.set_mode("duplicate")
    attempt_id = till.pay("p-1").attempt.attempt_id
    office.pass_time(minutes=16)
    office.run()
    assert office.attempt("p-1").absent_since is not None
    charge = till.gateway.desk.charge
    taken = charge(login, 5_000, invoice_number=attempt_id, ref_id=reference)
    reports = []
    for hours in (1, 25, 25):
        office.pass_time(hours=hours)
        reports.append(office.run())
    assert [each.orphans for each in reports] == [1, 0, 0]
    assert office.orphans() == {taken: "reference_missing"}
    attempt = office.attempt("p-1")
    assert (attempt.state, attempt.absent_since, till.locked("p-1")) == (UNKNOWN, None, True)
    till.gateway.desk.void(taken)
    for _ in range(2):
        office.pass_time(hours=1)
        office.run()
    assert (office.attempt("p-1").state, till.locked("p-1")) == (FAILED, False)
    assert till.balance("p-1") == 5_000


def test_a_charge_that_was_answered_is_followed_without_its_reference(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    trans_id = office.paid("p-1")
    with till.gateway._lock:
        till.gateway._books.transactions[trans_id].ref_id = ""
    till.gateway.desk.void(trans_id)
    assert (office.run().returns, office.orphans(), till.balance("p-1")) == (1, {}, 5_000)


def test_charges_of_ours_that_nobody_knows_are_raised_once_and_never_posted(
    office: BackOffice,
) -> None:
    till, practice_id = office.till, office.till.clinic.practice.practice_id
    ours, login = "ba234567abcdefghijkl", till.clinic.practice.gateway.api_login_id  # type: ignore[union-attr]  # connected
    till.clinic.patient("p-1")
    posted = office.paid("p-1", cents=1_000)
    attempt_id = office.attempt("p-1").attempt_id
    charge = till.gateway.desk.charge
    unknown = charge(login, 700, invoice_number=ours, ref_id=ours)
    twice = charge(login, 1_000, invoice_number=attempt_id, ref_id=attempt_id)
    typed = charge(login, 900, invoice_number=ours, ref_id="")
    charge(login, 800, invoice_number="4711")
    till.gateway.set_mode("duplicate")
    open_attempt = till.pay("p-1", till.asked(4_000)).attempt.attempt_id
    other_amount = charge(login, 1, invoice_number=open_attempt, ref_id=open_attempt)
    till.gateway.settle()
    assert office.run().orphans == 4
    assert office.orphans() == {
        unknown: "unknown_attempt",
        typed: "reference_missing",
        twice: "posted_elsewhere",
        other_amount: "another_amount",
    }
    for each in list(office.open_orphans()):
        OrphanCharges().dismiss(each, by="staff", note="seen", now=till.clinic.stack.now())
    assert (office.run().orphans, office.orphans()) == (0, {})
    assert (till.balance("p-1"), till.paid("p-1")) == (4_000, {"knee": 1_000})
    listed = OrphanCharges().get(practice_id, unknown, OrphanReason.UNKNOWN_ATTEMPT)
    assert listed.amount_cents == 700
    assert till.gateway.charges()[0]["trans_id"] == posted


def test_practices_that_share_a_merchant_account_leave_each_other_alone(
    office: BackOffice,
) -> None:
    till = office.till
    other = BackOffice(Till(next(clinics(till.clinic.stack)), till.gateway))
    other.till.connect(till.clinic.practice.practice_id)
    till.clinic.patient("p-1")
    other.till.clinic.patient("p-1")
    refunded = office.paid("p-1", settled=True)
    till.gateway.desk.refund(refunded, 500)
    till.gateway.set_mode("garbled")
    other.till.pay("p-1")
    report = office.run()
    assert (report.payments, report.returns, report.orphans, report.swept) == (1, 1, 0, 2)
    assert (till.balance("p-1"), other.till.balance("p-1")) == (500, 0)


def test_credentials_that_are_refused_stop_payments_until_they_work_again(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    practices, practice_id = till.clinic.stack.wiring.practices, till.clinic.practice.practice_id
    refused = CredentialsRefusedError("credentials")
    with (
        failing(monkeypatch, "unsettled", refused),
        failing(monkeypatch, "authenticate_test", refused),
    ):
        assert (office.run(everything=False).suspended, till.locked("p-1")) == (1, True)
        assert not practices.get(practice_id).takes_cards
        office.pass_time(minutes=6)
        assert office.run(everything=False).suspended == 1
    office.pass_time(minutes=50)
    assert office.run(everything=False).payments == 0, "tried again hourly"
    office.pass_time(minutes=11)
    assert office.run(everything=False).payments == 1
    assert practices.get(practice_id).takes_cards
    assert till.balance("p-1") == 0


def test_a_suspended_practice_without_payments_is_tried_hourly_and_told_of(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = office.till
    practices, practice_id = till.clinic.stack.wiring.practices, till.clinic.practice.practice_id
    office.run()
    till.connections.suspend(practices.get(practice_id))
    assert office.run(everything=False).suspended == 0, "it may be about to be replaced"
    refused = CredentialsRefusedError("credentials")
    with failing(monkeypatch, "authenticate_test", refused):
        office.pass_time(minutes=6)
        assert office.run(everything=False).suspended == 1
        office.pass_time(minutes=5)
        assert office.run(everything=False).suspended == 1
    office.pass_time(minutes=56)
    report = office.run(everything=False)
    assert (report.suspended, report.failures, report.swept) == (0, 0, 0)
    assert practices.get(practice_id).takes_cards


def test_a_clock_that_was_set_back_hides_no_settlement(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    office.pass_time(days=3)
    till.gateway.settle()
    office.pass_time(days=-3, hours=1)
    assert (office.run().payments, till.balance("p-1")) == (1, 0)


def test_a_run_without_time_leaves_everything_to_the_next(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    report = office.run(seconds=44)
    assert (report.complete, report.payments, report.swept, report.failures) == (False, 0, 0, 0)
    practice_id = till.clinic.practice.practice_id
    assert GatewaySweeps().of([practice_id])[practice_id].swept_until is None
    assert (office.run().payments, till.balance("p-1")) == (1, 0)


@pytest.mark.parametrize("whose", range(3))
def test_what_a_patient_waits_for_comes_before_every_sweep(
    till: Till, monkeypatch: pytest.MonkeyPatch, whose: int
) -> None:
    """At night thousands of practices are swept, for hours."""
    tills = [
        till,
        *(Till(clinic, till.gateway) for clinic in islice(clinics(till.clinic.stack), 2)),
    ]
    for other in tills[1:]:
        other.connect()
    waiting = tills[whose]
    waiting.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    waiting.pay("p-1")
    monkeypatch.setattr(reconcile, "PRACTICES_AT_ONCE", 1)
    office = BackOffice(waiting)
    report = office.reconciliation.run(
        lambda: 300.0 if waiting.locked("p-1") else 0.0, everything=True
    )
    assert (report.payments, report.swept, report.complete) == (1, 0, False)


def test_what_a_look_up_did_not_find_never_ends_what_is_known_by_then(till: Till) -> None:
    till.clinic.patient("p-1")
    till.gateway.set_mode("duplicate")
    unknown = till.pay("p-1").attempt
    answer = till.look_up(unknown)
    assert answer.outcome is ChargeOutcome.FAILED
    held = ChargeAnswer(outcome=ChargeOutcome.HELD, trans_id="61")
    till.settle(unknown, held)
    settled = settle(unknown, answer, till.clinic.stack.now, only_from=unknown.state)
    assert (settled.moved, settled.attempt.state, till.locked("p-1")) == (False, HELD, True)
