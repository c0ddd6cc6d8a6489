"""The checkout killed at each of its steps; then the click comes again, and the books are read.

Whatever happens, one click is one charge at most, and what was charged is in the ledger in the
end. Until that is known, the account is locked: no second payment, no alert.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from balance_alerts.domain.attempt import AttemptState
from balance_alerts.gateway.authorize_net import AuthorizeNet
from balance_alerts.gateway.requests import Charge
from infra.local.gateway.modes import GatewayMode
from tests.stack.paying import Till
from tests.stack.workers import Killed, broken_at, killed_at, noted_calls, sender

Call = tuple[str, int]

BEGINNING: list[Call] = [("BatchGetItem", 1), ("Query", 1), ("TransactWriteItems", 1)]
POSTING: list[Call] = [
    ("BatchGetItem", 2),
    ("Query", 2),
    ("Query", 3),
    ("BatchGetItem", 3),
    ("TransactWriteItems", 2),
]
CLOSING: list[Call] = [("BatchGetItem", 2), ("TransactWriteItems", 2)]
KEEPING: list[Call] = [("BatchGetItem", 2), ("UpdateItem", 1)]
PATHS = {
    GatewayMode.APPROVE: BEGINNING + POSTING,
    GatewayMode.DECLINE: BEGINNING + CLOSING,
    GatewayMode.DOWN: BEGINNING + CLOSING,
    GatewayMode.HOLD: BEGINNING + KEEPING,
    GatewayMode.GARBLED: BEGINNING + KEEPING,
}
KILLS = [
    pytest.param(mode, call, after, id=f"{mode}, {'after' if after else 'before'} {call}")
    for mode, path in PATHS.items()
    for call in path
    for after in (False, True)
]
UNKNOWN, APPROVED = AttemptState.UNKNOWN, AttemptState.APPROVED


@pytest.mark.parametrize("mode", PATHS)
def test_these_are_the_steps(till: Till, mode: GatewayMode) -> None:
    till.clinic.patient("p-1")
    asked, checkout = till.asked(2_000), till.checkout
    till.gateway.set_mode(mode)
    with noted_calls() as calls:
        checkout.pay(till.clinic.practice, "p-1", asked)
        made = list(calls)
    if mode in (GatewayMode.APPROVE, GatewayMode.DECLINE):
        assert made == PATHS[mode]
    else:
        assert made[: len(PATHS[mode])] == PATHS[mode]


def in_the_end_all_is_well(till: Till) -> None:
    """The gateway's books are read, twice; then the ledger has what was charged, and no more."""
    till.gateway.set_mode("approve")
    for charge in till.gateway.charges():
        if charge["status"] == "FDSPendingReview":
            till.gateway.desk.release(charge["trans_id"])
    for _ in range(2):
        till.reconcile()
        assert sum(till.paid("p-1").values()) == sum(till.charged())
        assert till.balance("p-1") == 5_000 - sum(till.charged())
        assert not till.locked("p-1")


@pytest.mark.parametrize(("mode", "call", "after"), KILLS)
def test_killed_at_any_step_the_same_click_again_charges_once(
    till: Till, mode: GatewayMode, call: Call, *, after: bool
) -> None:
    till.clinic.patient("p-1")
    asked = till.asked(2_000)
    till.gateway.set_mode(mode)
    operation, number = call
    with killed_at(operation, call=number, after=after), pytest.raises(Killed):
        till.pay("p-1", asked)
    charges = len(till.gateway.charges())
    begun = bool(till.attempts("p-1"))
    assert begun or not charges, "nothing is charged that is not written down"
    again = till.pay("p-1", asked)
    assert len(till.attempts("p-1")) == 1
    assert len(till.gateway.charges()) == charges if begun else len(till.gateway.charges()) <= 1
    assert again.attempt.attempt_id == till.attempts("p-1")[0].attempt_id
    in_the_end_all_is_well(till)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_the_charge_the_account_waits_for_the_gateways_books(
    till: Till, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    till.clinic.patient("p-1")
    charge = AuthorizeNet.charge

    def killed(merchant: AuthorizeNet, asked: Charge) -> None:
        if after:
            charge(merchant, asked)
        raise Killed

    stack, asked = till.clinic.stack, till.asked(2_000)
    with monkeypatch.context() as patched:
        patched.setattr(AuthorizeNet, "charge", killed)
        with pytest.raises(Killed):
            till.pay("p-1", asked)
    assert till.pay("p-1", asked).state is AttemptState.SENDING, "its worker may still be at it"
    stack.clock.set(stack.now() + timedelta(seconds=61))
    assert till.pay("p-1", asked).state is UNKNOWN
    assert sender(stack).send(till.clinic.slice("p-1"), seconds_left=60).sent == 0
    in_the_end_all_is_well(till)
    assert till.charged() == ([2_000] if after else [])
    assert sender(stack).send(till.clinic.slice("p-1"), seconds_left=60).sent == 1


SETTLING: list[Call] = [
    ("BatchGetItem", 1),
    ("Query", 1),
    ("Query", 2),
    ("BatchGetItem", 2),
    ("TransactWriteItems", 1),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", SETTLING)
def test_a_look_up_killed_while_it_posts_is_made_good_by_the_next(
    till: Till, call: Call, *, after: bool
) -> None:
    till.clinic.patient("p-1")
    till.gateway.set_mode("garbled")
    attempt = till.pay("p-1").attempt
    answer = till.look_up(attempt)
    operation, number = call
    with killed_at(operation, call=number, after=after), pytest.raises(Killed):
        till.settle(attempt, answer)
    assert till.settle(attempt, answer).balance_cents == 0
    assert till.paid("p-1") == {"knee": 5_000}
    in_the_end_all_is_well(till)


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (GatewayMode.APPROVE, APPROVED),
        (GatewayMode.DECLINE, AttemptState.DECLINED),
        (GatewayMode.HOLD, AttemptState.HELD),
    ],
)
@pytest.mark.parametrize("call", [*BEGINNING, *CLOSING[1:], *KEEPING[1:]])
def test_an_answer_of_the_table_that_got_lost_changes_nothing(
    till: Till, mode: GatewayMode, state: AttemptState, call: Call
) -> None:
    till.clinic.patient("p-1")
    asked = till.asked(2_000)
    till.gateway.set_mode(mode)
    operation, number = call
    lost = ReadTimeoutError(endpoint_url="https://dynamodb")
    if operation in ("BatchGetItem", "Query"):
        with broken_at(operation, calls=[number], after=True, error=lost), pytest.raises(Exception):  # noqa: B017, PT011
            till.pay("p-1", asked)
        assert not till.gateway.charges()
    else:
        with broken_at(operation, calls=[number], after=True, error=lost):
            assert till.pay("p-1", asked).state is state
        assert len(till.gateway.charges()) == 1
        assert till.attempts("p-1")[0].state is state
    in_the_end_all_is_well(till)


@pytest.mark.parametrize("mode", [GatewayMode.APPROVE, GatewayMode.DECLINE])
def test_a_table_that_takes_nothing_for_a_while_leaves_a_payment_to_be_confirmed(
    till: Till, mode: GatewayMode
) -> None:
    till.clinic.patient("p-1")
    till.gateway.set_mode(mode)
    busy = ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems")
    with broken_at("TransactWriteItems", calls=range(2, 99), after=False, error=busy):
        payment = till.pay("p-1")
    assert (payment.state, payment.receipt, till.locked("p-1")) == (UNKNOWN, None, True)
    in_the_end_all_is_well(till)
    assert till.charged() == ([5_000] if mode is GatewayMode.APPROVE else [])
