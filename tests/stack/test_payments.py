"""Paying at the stand-in gateway: whatever it answers, and whatever its books say later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from balance_alerts.domain.account import HoldReason
from balance_alerts.domain.allocation import MOST_ENTRIES
from balance_alerts.domain.attempt import AttemptState
from balance_alerts.domain.errors import RuleError
from balance_alerts.domain.ledger import EntryKind
from balance_alerts.gateway.answers import ChargeAnswer
from balance_alerts.gateway.codes import ChargeOutcome
from balance_alerts.store import table
from balance_alerts.store.attempts import Attempts
from infra.local.gateway.modes import GatewayMode
from tests.builders import at, entry
from tests.stack.paying import Till
from tests.stack.workers import sender

APPROVED, DECLINED, FAILED, HELD, UNKNOWN = (
    AttemptState.APPROVED,
    AttemptState.DECLINED,
    AttemptState.FAILED,
    AttemptState.HELD,
    AttemptState.UNKNOWN,
)


def refusal(pay: Callable[[], object]) -> str:
    with pytest.raises(RuleError) as refused:
        pay()
    return refused.value.code


@pytest.mark.parametrize(
    ("mode", "state", "balance", "locked", "later"),
    [
        (GatewayMode.APPROVE, APPROVED, 0, False, APPROVED),
        (GatewayMode.DECLINE, DECLINED, 5_000, False, DECLINED),
        (GatewayMode.DOWN, FAILED, 5_000, False, FAILED),
        (GatewayMode.HOLD, HELD, 5_000, True, HELD),
        (GatewayMode.DUPLICATE, UNKNOWN, 5_000, True, FAILED),
        (GatewayMode.TIMEOUT_BEFORE_CHARGE, UNKNOWN, 5_000, True, FAILED),
        (GatewayMode.TIMEOUT_AFTER_CHARGE, UNKNOWN, 5_000, True, APPROVED),
        (GatewayMode.GARBLED, UNKNOWN, 5_000, True, APPROVED),
    ],
)
def test_one_click_at_each_mode_of_the_gateway(
    till: Till,
    *,
    mode: GatewayMode,
    state: AttemptState,
    balance: int,
    locked: bool,
    later: AttemptState,
) -> None:
    till.clinic.patient("p-1")
    asked = till.asked()
    till.gateway.set_mode(mode)
    payment = till.pay("p-1", asked)
    assert (payment.state, payment.balance_cents) == (state, balance)
    assert (payment.receipt is not None) is (state is APPROVED)
    assert till.balance("p-1") == balance
    assert till.locked("p-1") is locked
    if locked:
        assert refusal(lambda: till.pay("p-1")) == "payment_open"
    till.gateway.set_mode("approve")
    assert till.pay("p-1", asked).state is state, "the same click again"
    till.reconcile()
    again = till.pay("p-1", asked)
    assert again.state is later
    assert again.balance_cents == till.balance("p-1") == (0 if later is APPROVED else 5_000)
    assert till.locked("p-1") is (later is HELD)
    assert till.charged() == ([5_000] if later is APPROVED else [])
    assert [attempt.state for attempt in till.attempts("p-1")] == [later]


def test_the_receipt_tells_what_was_paid_and_names_no_case(till: Till) -> None:
    till.clinic.patient("p-1")
    payment = till.pay("p-1", till.asked(2_000))
    receipt = payment.receipt
    assert receipt is not None
    assert (receipt.amount_cents, receipt.card_type, receipt.last_four) == (2_000, "Visa", "1111")
    assert receipt.practice == till.clinic.practice.display_name
    assert "knee" not in repr(receipt)
    assert receipt.payment_id == payment.attempt.attempt_id
    assert len(receipt.payment_id) == 20
    shown = till.checkout.payment(till.clinic.practice, "p-1", receipt.payment_id)
    assert shown == payment
    till.clinic.patient("p-2")
    other = lambda: till.checkout.payment(till.clinic.practice, "p-2", receipt.payment_id)  # noqa: E731
    assert refusal(other) == "unknown_payment"


def owing(till: Till, patient_id: str, *cents: int) -> None:
    """A patient who owes on so many cases, the first the oldest."""
    till.clinic.patient(patient_id, owes=0)
    owed = [
        entry(f"{patient_id}-{n}", cents=each, case_id=f"c{n:02}", recorded_at=at(-n - 1))
        for n, each in enumerate(reversed(cents))
    ]
    owed = [replace(each, case_id=f"c{len(owed) - n:02}") for n, each in enumerate(owed)]
    till.clinic.stack.wiring.ledger.post(till.clinic.practice, patient_id, owed)


@pytest.mark.parametrize(
    ("cents", "case_id", "paid"),
    [
        (4_000, None, {"c01": 1_000, "c02": 2_000, "c03": 1_000}),
        (500, "c03", {"c03": 500}),
        (4_500, "c03", {"c03": 3_000, "c01": 1_000, "c02": 500}),
    ],
    ids=["oldest first", "chosen", "chosen, the rest oldest first"],
)
def test_one_payment_is_one_entry_a_case(
    till: Till, *, cents: int, case_id: str | None, paid: dict[str, int]
) -> None:
    owing(till, "p-1", 1_000, 2_000, 3_000)
    payment = till.pay("p-1", till.asked(cents, case_id=case_id))
    assert till.paid("p-1") == paid
    assert till.balance("p-1") == payment.balance_cents == 6_000 - cents
    entries = [each for each in till.entries("p-1") if each.kind is EntryKind.PAYMENT]
    assert {each.external_ref for each in entries} == {payment.attempt.trans_id}
    assert entries[0].entry_id == payment.attempt.attempt_id


def test_a_payment_over_very_many_cases_fits_one_transaction(till: Till) -> None:
    owing(till, "p-1", *[100] * 40)
    sizes: list[int] = []
    events = table.client().meta.events

    def note(params: dict[str, Any], **_: Any) -> None:
        sizes.append(str(params["body"]).count('"TableName"'))

    events.register("before-call.dynamodb.TransactWriteItems", note)
    try:
        assert till.pay("p-1", till.asked(4_000)).balance_cents == 0
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", note)
    assert 90 < max(sizes) <= 100
    assert (len(till.paid("p-1")), till.balance("p-1")) == (MOST_ENTRIES, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cents": 5_001}, "amount_out_of_range"),
        ({"cents": 99}, "amount_out_of_range"),
        ({"cents": 5_000, "case_id": "nobody's"}, "unknown_case"),
    ],
)
def test_what_may_not_be_paid_never_reaches_the_gateway(
    till: Till, changes: dict[str, Any], code: str
) -> None:
    till.clinic.patient("p-1")
    assert refusal(lambda: till.pay("p-1", till.asked(**changes))) == code
    assert not till.locked("p-1")
    assert (till.gateway.charges(), till.attempts("p-1")) == ([], [])


@pytest.mark.parametrize("reason", [HoldReason.DECEASED, HoldReason.BANKRUPTCY])
def test_nobody_pays_online_for_the_deceased_and_the_bankrupt(
    till: Till, reason: HoldReason
) -> None:
    till.clinic.patient("p-1")
    accounts, practice_id = till.clinic.stack.wiring.accounts, till.clinic.practice.practice_id
    accounts.set_hold(practice_id, "p-1", reason, until=None, now=at(1))
    assert refusal(lambda: till.pay("p-1")) == "online_payments_unavailable"
    accounts.release_hold(practice_id, "p-1", reason)
    assert till.pay("p-1").state is APPROVED


def test_without_a_merchant_account_nobody_pays_but_what_was_paid_is_still_told(
    till: Till,
) -> None:
    till.clinic.patient("p-1")
    asked = till.asked(2_000)
    paid = till.pay("p-1", asked)
    till.disconnect()
    assert till.pay("p-1", asked) == paid
    assert refusal(lambda: till.pay("p-1")) == "online_payments_unavailable"


def test_an_attempt_is_found_by_the_id_that_the_gateway_tells(till: Till) -> None:
    till.clinic.patient("p-1")
    till.gateway.set_mode("hold")
    attempt = till.pay("p-1").attempt
    attempts, practice_id = Attempts(), till.clinic.practice.practice_id
    assert attempts.find(practice_id, attempt.attempt_id) == attempt
    assert attempts.find(practice_id, "ba234567abcdefghijkl") is None
    assert attempts.find("another-practice", attempt.attempt_id) is None
    assert list(attempts.open()) == list(attempts.open(practice_id)) == [attempt]
    assert list(attempts.open("another-practice")) == []


def test_a_key_is_one_payments_for_thirty_days(till: Till) -> None:
    till.clinic.patient("p-1")
    first = till.pay("p-1", till.asked(2_000, key="k"))
    assert refusal(lambda: till.pay("p-1", till.asked(2_000, key="k"))) == "idempotency_conflict"
    till.clinic.patient("p-2")
    assert till.pay("p-2", till.asked(2_000, key="k")).state is APPROVED, "a key is an account's"
    till.clinic.stack.clock.set(till.clinic.stack.now() + timedelta(days=30))
    second = till.pay("p-1", till.asked(2_000, key="k"))
    assert second.attempt.attempt_id != first.attempt.attempt_id
    assert till.balance("p-1") == 1_000


def test_a_held_payment_is_posted_once_released_and_forgotten_once_refused(till: Till) -> None:
    till.gateway.set_mode("hold")
    for patient_id, act in (
        ("p-1", till.gateway.desk.release),
        ("p-2", till.gateway.desk.refuse),
        ("p-3", till.gateway.desk.void),
    ):
        till.clinic.patient(patient_id)
        held = till.pay(patient_id).attempt
        assert (held.state, till.balance(patient_id)) == (HELD, 5_000)
        act(str(held.trans_id))
    till.reconcile()
    states = [till.attempts(patient_id)[0].state for patient_id in ("p-1", "p-2", "p-3")]
    assert states == [APPROVED, DECLINED, FAILED]
    assert [till.balance(patient_id) for patient_id in ("p-1", "p-2", "p-3")] == [0, 5_000, 5_000]
    assert till.open_attempts() == []


def test_money_found_after_it_was_given_up_is_posted_beside_a_newer_payment(till: Till) -> None:
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    given_up = till.pay("p-1", till.asked(2_000)).attempt
    charged = till.look_up(given_up)
    till.settle(given_up, ChargeAnswer(outcome=ChargeOutcome.FAILED, detail="not_charged"))
    newer = till.pay("p-1", till.asked(5_000)).attempt
    till.settle(given_up, charged)
    assert till.locked("p-1"), "by the newer one still"
    till.settle(newer, till.look_up(newer))
    assert till.balance("p-1") == -2_000
    assert [attempt.state for attempt in till.attempts("p-1")] == [APPROVED, APPROVED]
    assert not till.locked("p-1")


def test_one_transaction_is_one_payment(till: Till) -> None:
    till.clinic.patient("p-1")
    till.clinic.patient("p-2")
    first = till.pay("p-1").attempt
    till.gateway.set_mode("timeout_before_charge")
    second = till.pay("p-2").attempt
    answer = ChargeAnswer(outcome=ChargeOutcome.APPROVED, trans_id=first.trans_id)
    assert refusal(lambda: till.settle(second, answer)) == "transaction_posted_already"
    assert (till.balance("p-1"), till.balance("p-2"), till.locked("p-2")) == (0, 5_000, True)


def test_what_the_offices_system_tells_of_a_card_payment_is_not_posted_twice(till: Till) -> None:
    ledger, practice = till.clinic.stack.wiring.ledger, till.clinic.practice

    def told(patient_id: str, trans_id: str | None, cents: int) -> None:
        payment = entry(f"{patient_id}-told", EntryKind.PAYMENT, cents, external_ref=trans_id)
        ledger.post(practice, patient_id, [payment])

    till.clinic.patient("afterwards")
    told("afterwards", till.pay("afterwards", till.asked(3_000)).attempt.trans_id, 3_000)
    till.gateway.set_mode("garbled")
    for patient_id, cents in (("before", 3_000), ("a part of it", 1_000)):
        till.clinic.patient(patient_id)
        attempt = till.pay(patient_id, till.asked(3_000)).attempt
        told(patient_id, till.look_up(attempt).trans_id, cents)
    till.reconcile()
    for patient_id in ("afterwards", "before", "a part of it"):
        assert till.balance(patient_id) == 2_000
        assert till.attempts(patient_id)[0].state is APPROVED
        assert not till.locked(patient_id)


def test_an_id_that_staff_took_from_the_page_does_not_keep_the_payment_out(till: Till) -> None:
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    attempt = till.pay("p-1", till.asked(3_000)).attempt
    by_hand = entry(attempt.attempt_id, EntryKind.PAYMENT, 500, method="cash")
    till.clinic.stack.wiring.ledger.post(till.clinic.practice, "p-1", [by_hand])
    till.reconcile()
    assert till.balance("p-1") == 1_500


def test_cases_paid_meanwhile_send_the_money_elsewhere(till: Till) -> None:
    owing(till, "p-1", 1_000, 2_000)
    till.gateway.set_mode("garbled")
    till.pay("p-1", till.asked(1_000))
    at_the_desk = entry("cash", EntryKind.PAYMENT, 1_000, case_id="c01", method="cash")
    till.clinic.stack.wiring.ledger.post(till.clinic.practice, "p-1", [at_the_desk])
    till.reconcile()
    assert till.balance("p-1") == 1_000
    assert till.paid("p-1") == {"c01": 1_000, "c02": 1_000}


def test_no_alert_goes_out_while_a_payment_is_open(till: Till) -> None:
    clinic = till.clinic
    clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    till.pay("p-1", till.asked(2_000))
    assert sender(clinic.stack).send(clinic.slice("p-1"), seconds_left=60).sent == 0
    till.reconcile()
    assert sender(clinic.stack).send(clinic.slice("p-1"), seconds_left=60).sent == 1
