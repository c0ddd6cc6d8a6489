"""Payments that meet: each other, an import, an alert. One click pays once and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.errors import RuleError
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.payments.payment import Payment
from tests.builders import DAY_0, at, entry
from tests.stack.paying import Till
from tests.stack.workers import sender

APPROVED = AttemptState.APPROVED


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run these at the same time; what each returned, or the code it was refused with."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        start.wait()
        try:
            return work()
        except RuleError as error:
            return error.code

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_clicks_at_once_with_one_key_charge_once(till: Till) -> None:
    till.clinic.patient("p-1")
    asked = till.asked()
    payments = at_once(*[lambda: till.pay("p-1", asked)] * 6)
    assert all(isinstance(payment, Payment) for payment in payments)
    assert len({payment.attempt.attempt_id for payment in payments}) == 1  # type: ignore[attr-defined]  # payments
    assert till.charged() == [5_000]
    assert (till.balance("p-1"), till.locked("p-1")) == (0, False)


def test_two_clicks_at_once_with_keys_of_their_own_charge_once(till: Till) -> None:
    till.clinic.patient("p-1")
    answers = at_once(*[lambda: till.pay("p-1")] * 6)
    refused = {answer for answer in answers if isinstance(answer, str)}
    assert refused <= {"payment_open", "amount_out_of_range"}
    assert len([answer for answer in answers if isinstance(answer, Payment)]) == 1
    assert till.charged() == [5_000]
    assert (till.balance("p-1"), till.locked("p-1")) == (0, False)


@pytest.mark.parametrize(
    "outcomes",
    [
        [ChargeOutcome.APPROVED] * 6,
        [ChargeOutcome.APPROVED] * 3 + [ChargeOutcome.UNKNOWN] * 3,
        [ChargeOutcome.APPROVED, ChargeOutcome.HELD] * 3,
    ],
    ids=["all know", "some do not know", "a review that was passed"],
)
def test_an_answer_that_comes_from_all_sides_is_posted_once(
    till: Till, outcomes: list[ChargeOutcome]
) -> None:
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    attempt = till.pay("p-1").attempt
    charged = till.look_up(attempt)
    answers = [replace(charged, outcome=outcome) for outcome in outcomes]
    at_once(*[lambda answer=answer: till.settle(attempt, answer) for answer in answers])
    assert till.attempts("p-1")[0].state is APPROVED
    assert (till.paid("p-1"), till.balance("p-1")) == ({"knee": 5_000}, 0)
    assert not till.locked("p-1")


def test_a_payment_and_an_import_of_new_charges_both_count(till: Till) -> None:
    till.clinic.patient("p-1")
    ledger, practice = till.clinic.stack.wiring.ledger, till.clinic.practice

    def import_charges() -> None:
        for number in range(12):
            charge = entry(f"new-{number}", cents=100, case_id=f"new-{number}", recorded_at=at(-9))
            ledger.post(practice, "p-1", [charge])

    def pay() -> list[Payment]:
        return [till.pay("p-1", till.asked(1_000)) for _ in range(4)]

    payments, _ = at_once(pay, import_charges)
    assert [payment.state for payment in payments] == [APPROVED] * 4  # type: ignore[attr-defined]  # payments
    assert till.charged() == [1_000] * 4
    assert till.balance("p-1") == 5_000 + 12 * 100 - 4_000
    assert not till.locked("p-1")


def test_an_alert_and_a_payment_at_once_never_lose_each_other(till: Till) -> None:
    """The claim needs the account as it was read, and so does the payment."""
    clinic = till.clinic
    for number in range(6):
        patient_id = f"p-{number}"
        clinic.patient(patient_id)
        payment, report = at_once(
            lambda patient_id=patient_id: till.pay(patient_id),  # type: ignore[misc]  # its own
            lambda patient_id=patient_id: sender(clinic.stack).send(  # type: ignore[misc]  # too
                clinic.slice(patient_id), seconds_left=60
            ),
        )
        assert payment.state is APPROVED  # type: ignore[attr-defined]  # a payment
        account = clinic.account(patient_id)
        assert (till.balance(patient_id), till.locked(patient_id)) == (0, False)
        alerted = report.sent == 1  # type: ignore[attr-defined]  # a report
        assert (account.to_domain().last_alert_on == DAY_0 + timedelta(days=1)) is alerted
        assert clinic.delivered(patient_id) == int(alerted)
