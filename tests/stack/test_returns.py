"""Money taken back elsewhere: refunds, voids and chargebacks, told in any order and number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.calendar import local_date
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.payments import returns
from balance_alerts.payments.reconcile_report import ReconcileReport
from balance_alerts.store.orphan_charges import OrphanCharges
from tests.builders import at, entry
from tests.stack.paying import Till
from tests.stack.reconciling import BackOffice
from tests.stack.test_payments_at_once import at_once
from tests.stack.workers import Killed, killed_at, noted_calls

PAYMENT, REFUND, CHARGEBACK = EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.CHARGEBACK


@pytest.fixture
def office(till: Till) -> BackOffice:
    return BackOffice(till)


def owes_on_three_cases(office: BackOffice, patient_id: str) -> None:
    till = office.till
    till.clinic.patient(patient_id, owes=0)
    owed = [
        entry(f"{patient_id}-{n}", cents=1_000 * n, case_id=f"c{n}", recorded_at=at(n - 9))
        for n in (1, 2, 3)
    ]
    till.clinic.stack.wiring.ledger.post(till.clinic.practice, patient_id, owed)


def test_refunds_become_entries_over_the_payments_own_cases(office: BackOffice) -> None:
    till = office.till
    owes_on_three_cases(office, "p-1")
    trans_id = office.paid("p-1", settled=True, cents=4_000)
    attempt_id = office.attempt("p-1").attempt_id
    first = till.gateway.desk.refund(trans_id, 500)
    assert office.run().returns == 1
    second = till.gateway.desk.refund(trans_id, 1_500)
    till.gateway.settle()
    assert [office.run().returns, office.run().returns] == [1, 0]
    refunds = [each for each in till.entries("p-1") if each.kind is REFUND]
    assert [(e.entry_id, e.external_ref, e.case_id, e.amount_cents, e.method) for e in refunds] == [
        (f"{attempt_id}.r{first}", first, "c3", 500, "card"),
        (f"{attempt_id}.r{second}", second, "c3", 500, "card"),
        (f"{attempt_id}.r{second}.2", second, "c2", 1_000, "card"),
    ]
    assert till.balance("p-1") == 6_000 - 4_000 + 2_000


def test_a_refund_of_a_charge_that_is_not_posted_yet_posts_the_charge_first(
    office: BackOffice,
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    till.gateway.settle()
    refund = till.gateway.desk.refund(till.gateway.charges()[0]["trans_id"], 2_000)
    taken = office.take_in(refund)
    assert (taken.payments, taken.returns, taken.orphans) == (1, 1, 0)
    assert office.signed("p-1") == {"payment": [-5_000], "refund": [2_000]}
    assert (till.balance("p-1"), till.locked("p-1")) == (2_000, False)


def test_a_refund_of_a_charge_on_staffs_list_is_on_it_as_well(office: BackOffice) -> None:
    till = office.till
    ours, login = "ba234567abcdefghijkl", till.clinic.practice.gateway.api_login_id  # type: ignore[union-attr]  # connected
    desk = till.gateway.desk
    charge = desk.charge(login, 700, invoice_number=ours, ref_id=ours)
    not_ours = desk.charge(login, 800, invoice_number="4711")
    till.gateway.settle()
    refund, _ = desk.refund(charge), desk.refund(not_ours)
    assert (office.run().orphans, office.run().orphans) == (2, 0)
    assert office.orphans() == {charge: "unknown_attempt", refund: "original_not_posted"}


def test_a_refund_that_is_voided_again_is_undone(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    trans_id = office.paid("p-1", settled=True)
    refund = till.gateway.desk.refund(trans_id, 2_000)
    office.run()
    assert till.balance("p-1") == 2_000
    till.gateway.desk.void(refund)
    assert [office.run().returns, office.run().returns] == [1, 0]
    assert till.balance("p-1") == 0
    till.gateway.desk.refund(trans_id)
    assert office.run().returns == 1
    assert office.signed("p-1") == {
        "payment": [-5_000],
        "refund": [2_000, 5_000],
        "adjustment": [-2_000],
    }
    assert (till.balance("p-1"), office.orphans()) == (5_000, {})


@pytest.mark.parametrize("settled", [False, True], ids=["found unsettled", "found in a batch"])
def test_a_void_of_a_posted_payment_gives_all_of_it_back(
    office: BackOffice, *, settled: bool
) -> None:
    till = office.till
    owes_on_three_cases(office, "p-1")
    trans_id = office.paid("p-1", cents=4_000)
    till.gateway.desk.void(trans_id)
    if settled:
        till.gateway.settle()
    assert [office.run().returns, office.run().returns] == [1, 0]
    refunds = {e.case_id: e.amount_cents for e in till.entries("p-1") if e.kind is REFUND}
    assert refunds == {"c3": 1_000, "c2": 2_000, "c1": 1_000}
    assert (till.balance("p-1"), office.awaited()) == (6_000, [])
    assert office.attempt("p-1").state is AttemptState.APPROVED, "it was paid, then given back"


def test_a_void_before_anything_was_posted_leaves_the_ledger_alone(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    trans_id = till.gateway.desk.void(till.gateway.charges()[0]["trans_id"])
    office.take_in(trans_id)
    assert (office.attempt("p-1").detail, till.locked("p-1")) == ("voided", False)
    assert (office.signed("p-1"), till.balance("p-1")) == ({}, 5_000)


def test_a_chargeback_holds_alerts_and_its_reversal_gives_the_payment_back(
    office: BackOffice,
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    trans_id = office.paid("p-1", settled=True)
    hear = till.gateway.desk.hear_from_bank
    hear(trans_id, "chargeback")
    assert [office.run().returns, office.run().returns] == [1, 0]
    today = local_date(till.clinic.stack.now(), till.clinic.practice.time_zone)
    holds = till.clinic.account("p-1").to_domain().holds
    assert holds == {HoldReason.DISPUTE: today + timedelta(days=60)}
    assert office.signed("p-1") == {"payment": [-5_000], "chargeback": [5_000]}
    hear(trans_id, "chargebackReversal")
    assert [office.run().returns, office.run().returns] == [1, 0]
    assert (till.balance("p-1"), office.orphans()) == (0, {})
    hear(trans_id, "chargeback")
    assert (office.run().returns, office.orphans()) == (0, {trans_id: "charged_back_again"})


def test_another_trouble_of_the_same_transaction_is_raised_as_well(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    trans_id = office.paid("p-1")
    office.pass_time(days=11)
    office.run()
    (late,) = office.open_orphans()
    assert late.reason == "not_settled"
    OrphanCharges().dismiss(late, by="staff", note="seen", now=till.clinic.stack.now())
    till.gateway.settle()
    for status in ("chargeback", "chargebackReversal", "chargeback"):
        till.gateway.desk.hear_from_bank(trans_id, status)
        office.run()
    assert office.orphans() == {trans_id: "charged_back_again"}


@pytest.mark.parametrize("days", [3, 30, 85])
def test_a_chargeback_long_after_settlement_is_found_and_so_is_its_end(
    office: BackOffice, days: int
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    trans_id = office.paid("p-1", settled=True)
    office.run()
    office.pass_time(days=days)
    office.run()
    till.gateway.desk.hear_from_bank(trans_id, "chargeback")

    def found_within_days(balance: int) -> int:
        for days in range(5, 120, 5):
            office.pass_time(days=5)
            assert office.run().failures == 0
            if till.balance("p-1") == balance:
                return days
        raise AssertionError("it was never found")

    assert found_within_days(5_000) <= 15
    till.gateway.desk.hear_from_bank(trans_id, "chargebackReversal")
    assert found_within_days(0) <= 15


def test_a_return_that_waited_for_its_charge_is_posted_once_staff_settled_that(
    office: BackOffice,
) -> None:
    till, desk = office.till, office.till.gateway.desk
    till.clinic.patient("p-1")
    till.gateway.set_mode("duplicate")
    attempt = till.pay("p-1").attempt
    login = till.clinic.practice.practice_id
    charge = desk.charge(login, 5_000, invoice_number=attempt.attempt_id)
    till.gateway.settle()
    refund = desk.refund(charge, 2_000)
    till.gateway.settle()
    for _ in range(3):
        office.run()
        office.pass_time(days=1)
    assert office.orphans() == {charge: "reference_missing", refund: "original_not_posted"}
    by_hand = ChargeAnswer(outcome=ChargeOutcome.APPROVED, trans_id=charge)
    till.settle(office.attempt("p-1"), by_hand)
    assert [office.run().returns, office.run().returns] == [1, 0]
    assert office.orphans() == {charge: "reference_missing"}
    assert till.balance("p-1") == 2_000


def test_a_chargeback_of_a_charge_that_was_never_posted_is_both(office: BackOffice) -> None:
    till = office.till
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1")
    till.gateway.settle()
    till.gateway.desk.hear_from_bank(till.gateway.charges()[0]["trans_id"], "chargeback")
    report = office.run()
    assert (report.payments, report.returns, till.locked("p-1")) == (1, 1, False)
    assert office.signed("p-1") == {"payment": [-5_000], "chargeback": [5_000]}
    assert till.balance("p-1") == 5_000


def test_what_the_offices_system_tells_of_a_return_is_not_posted_twice(office: BackOffice) -> None:
    till = office.till
    ledger, practice = till.clinic.stack.wiring.ledger, till.clinic.practice
    before, afterwards, in_part, voided = till.clinic.patients(4)
    trans_ids = {each: office.paid(each) for each in (before, afterwards, in_part)}
    till.gateway.settle()
    trans_ids[voided] = office.paid(voided)
    refunds = {
        each: till.gateway.desk.refund(trans_ids[each], 3_000)
        for each in trans_ids
        if each != voided
    }
    refunds[voided] = till.gateway.desk.void(trans_ids[voided])

    def told(patient_id: str, cents: int) -> None:
        refund = entry(f"{patient_id}-told", REFUND, cents, external_ref=refunds[patient_id])
        ledger.post(practice, patient_id, [refund])

    told(before, 3_000)
    told(in_part, 1_000)
    office.run()
    told(afterwards, 3_000)
    told(voided, 5_000)
    balances = [till.balance(each) for each in (before, afterwards, in_part, voided)]
    assert balances == [3_000, 3_000, 3_000, 5_000]
    assert office.orphans() == {}


def test_a_refund_of_more_than_staff_left_is_posted_as_far_as_it_goes_and_told(
    office: BackOffice,
) -> None:
    till = office.till
    till.clinic.patient("p-1")
    trans_id = office.paid("p-1", settled=True)
    reversal = entry(
        "by-hand",
        EntryKind.ADJUSTMENT,
        5_000,
        reverses=office.attempt("p-1").attempt_id,
        recorded_at=till.clinic.stack.now(),
    )
    till.clinic.stack.wiring.ledger.post(till.clinic.practice, "p-1", [reversal])
    refund = till.gateway.desk.refund(trans_id)
    office.run()
    assert (till.balance("p-1"), office.orphans()) == (5_000, {refund: "more_than_left"})
    assert office.run().orphans == 0


def test_a_payment_over_very_many_cases_is_given_back_in_one_transaction(
    office: BackOffice,
) -> None:
    till = office.till
    till.clinic.patient("p-1", owes=0)
    owed = [
        entry(f"owed-{n}", cents=100, case_id=f"c{n:02}", recorded_at=at(-n)) for n in range(40)
    ]
    till.clinic.stack.wiring.ledger.post(till.clinic.practice, "p-1", owed)
    trans_id = office.paid("p-1", settled=True, cents=4_000)
    hear = till.gateway.desk.hear_from_bank
    for status, balance in (("chargeback", 4_000), ("chargebackReversal", 0)):
        hear(trans_id, status)
        assert office.run().failures == 0
        assert till.balance("p-1") == balance


def a_little_of_everything(office: BackOffice) -> dict[str, int]:
    """Payments with all kinds of news; the balances that have to come of it."""
    till, desk = office.till, office.till.gateway.desk
    lost, refunded, voided, contested = till.clinic.patients(4)
    refund_of, chargeback_of = office.paid(refunded), office.paid(contested)
    till.gateway.settle()
    desk.refund(refund_of, 1_000)
    desk.hear_from_bank(chargeback_of, "chargeback")
    desk.void(office.paid(voided))
    till.gateway.set_mode("garbled")
    till.pay(lost)
    till.gateway.set_mode("approve")
    return {lost: 0, refunded: 1_000, voided: 5_000, contested: 5_000}


def all_is_well(office: BackOffice, expected: dict[str, int]) -> None:
    till = office.till
    assert {patient_id: till.balance(patient_id) for patient_id in expected} == expected
    for patient_id in expected:
        assert office.signed(patient_id)["payment"] == [-5_000], "one payment a charge"
        assert len(till.entries(patient_id)) == (2 if expected[patient_id] == 0 else 3)
        assert not till.locked(patient_id)
    assert (office.orphans(), till.open_attempts()) == ({}, [])


def test_who_comes_second_with_a_return_finds_it_posted(
    office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, keys_to_post = office.till, returns.keys_to_post
    till.clinic.patient("p-1")
    refund = till.gateway.desk.refund(office.paid("p-1", settled=True), 1_000)

    def come_between(*args: Any) -> Any:
        monkeypatch.undo()
        assert office.take_in(refund).returns == 1
        return keys_to_post(*args)

    monkeypatch.setattr(returns, "keys_to_post", come_between)
    assert office.take_in(refund).returns == 0
    assert till.balance("p-1") == 1_000


def test_runs_at_once_post_everything_once(office: BackOffice) -> None:
    expected = a_little_of_everything(office)
    ids = [charge["trans_id"] for charge in office.till.gateway.charges()]
    reports: list[ReconcileReport] = []
    runs = [lambda: reports.append(office.run())] * 2
    at_once(*runs, *[lambda each=each: office.take_in(each) for each in ids])  # type: ignore[misc]  # its own
    assert [report.failures for report in reports] == [0, 0]
    all_is_well(office, expected)
    office.run()
    all_is_well(office, expected)


@pytest.mark.parametrize("kind", ["BatchGetItem", "Query", "TransactWriteItems", "UpdateItem"])
def test_runs_killed_at_every_call_are_made_good_by_the_next(office: BackOffice, kind: str) -> None:
    """Each run begins where the one before it left things, and dies one call later."""
    expected = a_little_of_everything(office)
    kills = 0
    for number in range(1, 99):
        with noted_calls() as calls:
            for after in (False, True):
                try:
                    with killed_at(kind, call=number, after=after):
                        office.run()
                except Killed:
                    kills += 1
        if (kind, number) not in calls:
            break
    assert kills > 1
    office.run()
    all_is_well(office, expected)
